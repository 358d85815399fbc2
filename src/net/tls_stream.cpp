#include "net/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>

namespace berth::net {
namespace {

constexpr std::size_t kRecord = 16U << 10;        // RFC 8446, 5.1: the most one record holds
constexpr std::size_t kFileScratch = 256U << 10;  // per io thread, not per connection

// Small parts go out in one record. A retry after kWantWrite gathers the same bytes again, as OpenSSL requires.
std::size_t gather(std::span<const iovec> parts, std::span<char> into) {
  std::size_t have = 0;
  for (const auto& part : parts) {
    const auto take = std::min(part.iov_len, into.size() - have);
    std::memcpy(into.data() + have, part.iov_base, take);
    have += take;
    if (have == into.size()) break;
  }
  return have;
}

}  // namespace

TlsStream::TlsStream(ssl_ctx_st* context, int socket) : ssl_(SSL_new(context)) {
  if (ssl_ == nullptr || SSL_set_fd(ssl_, socket) != 1) throw std::bad_alloc();
  SSL_set_accept_state(ssl_);
}

TlsStream::~TlsStream() {
  SSL_free(ssl_);
}

Attempt TlsStream::from_result(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return Attempt::of(Attempt::Kind::kWantRead);
    case SSL_ERROR_WANT_WRITE:
      return Attempt::of(Attempt::Kind::kWantWrite);
    case SSL_ERROR_ZERO_RETURN:
      return Attempt::of(Attempt::Kind::kEnd);
    default:
      usable_ = false;
      ERR_clear_error();
      return Attempt::of(Attempt::Kind::kFailed);
  }
}

Attempt TlsStream::try_handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  if (result != 1) return from_result(result);
  usable_ = true;
  kernel_sends_ = BIO_get_ktls_send(SSL_get_wbio(ssl_));
  return Attempt::moved(0);
}

Attempt TlsStream::try_read(std::span<char> into) {
  ERR_clear_error();
  std::size_t got = 0;
  const int result = SSL_read_ex(ssl_, into.data(), into.size(), &got);
  return result == 1 ? Attempt::moved(got) : from_result(result);
}

Attempt TlsStream::write_bytes(const char* bytes, std::size_t length) {
  ERR_clear_error();
  std::size_t sent = 0;
  const int result = SSL_write_ex(ssl_, bytes, length, &sent);
  return result == 1 ? Attempt::moved(sent) : from_result(result);
}

Attempt TlsStream::try_write(std::span<const iovec> parts, More) {
  if (parts.front().iov_len >= kRecord || parts.size() == 1)
    return write_bytes(static_cast<const char*>(parts.front().iov_base), parts.front().iov_len);
  std::array<char, kRecord> record;
  return write_bytes(record.data(), gather(parts, record));
}

Attempt TlsStream::try_send_file(int file, std::uint64_t offset, std::size_t length) {
  if (!kernel_sends_) return send_through_memory(file, offset, length);
  ERR_clear_error();
  const auto sent = SSL_sendfile(ssl_, file, static_cast<off_t>(offset), length, 0);
  if (sent > 0) return Attempt::moved(static_cast<std::size_t>(sent));
  if (sent == 0) return Attempt::of(Attempt::Kind::kEnd);
  return from_result(static_cast<int>(sent));
}

Attempt TlsStream::send_through_memory(int file, std::uint64_t offset, std::size_t length) {
  static thread_local const auto scratch = std::make_unique_for_overwrite<char[]>(kFileScratch);
  const auto got = ::pread(file, scratch.get(), std::min(length, kFileScratch), static_cast<off_t>(offset));
  if (got == 0) return Attempt::of(Attempt::Kind::kEnd);
  if (got < 0) return Attempt::of(Attempt::Kind::kFailed);
  std::size_t sent = 0;
  while (sent < static_cast<std::size_t>(got)) {
    const auto attempt = write_bytes(scratch.get() + sent, static_cast<std::size_t>(got) - sent);
    if (attempt.kind != Attempt::Kind::kMoved) return sent == 0 ? attempt : Attempt::moved(sent);
    sent += attempt.bytes;
  }
  return Attempt::moved(sent);
}

bool TlsStream::has_pending() const {
  return SSL_has_pending(ssl_) == 1;
}

void TlsStream::say_goodbye() {
  if (!usable_) return;
  usable_ = false;
  ERR_clear_error();
  if (SSL_shutdown(ssl_) < 0) ERR_clear_error();
}

}  // namespace berth::net
