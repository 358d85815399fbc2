#pragma once

#include "net/stream.h"

struct ssl_st;
struct ssl_ctx_st;

namespace berth::net {

/// TLS by OpenSSL directly on the socket, so that the kernel can take over the records (kTLS) where it is able to:
/// then files go by SSL_sendfile, otherwise by pread and SSL_write. The process must ignore SIGPIPE: OpenSSL writes
/// without MSG_NOSIGNAL.
class TlsStream final : public Stream {
 public:
  TlsStream(ssl_ctx_st* context, int socket);
  ~TlsStream() override;
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  Attempt try_handshake() override;
  Attempt try_read(std::span<char> into) override;
  Attempt try_write(std::span<const iovec> parts, More more) override;
  Attempt try_send_file(int file, std::uint64_t offset, std::size_t length) override;
  [[nodiscard]] bool has_pending() const override;
  void say_goodbye() override;

 private:
  Attempt from_result(int result);
  Attempt write_bytes(const char* bytes, std::size_t length);
  Attempt send_through_memory(int file, std::uint64_t offset, std::size_t length);

  ssl_st* ssl_;
  bool kernel_sends_ = false;
  bool usable_ = false;  // after the handshake, until a fatal error: SSL_shutdown is allowed only then
};

}  // namespace berth::net
