#include <sys/sendfile.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/stream.h"

namespace berth::net {
namespace {

Attempt from_errno(Attempt::Kind when_blocked) {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return Attempt::of(when_blocked);
  return Attempt::of(Attempt::Kind::kFailed);
}

template <class Call>
ssize_t without_interruption(Call call) {
  while (true) {
    const ssize_t result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

class PlainStream final : public Stream {
 public:
  explicit PlainStream(int socket) : socket_(socket) {}

  Attempt try_handshake() override { return Attempt::moved(0); }

  Attempt try_read(std::span<char> into) override {
    const auto got = without_interruption([&] { return ::recv(socket_, into.data(), into.size(), 0); });
    if (got > 0) return Attempt::moved(static_cast<std::size_t>(got));
    if (got == 0) return Attempt::of(Attempt::Kind::kEnd);
    return from_errno(Attempt::Kind::kWantRead);
  }

  Attempt try_write(std::span<const iovec> parts, More more) override {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());  // sendmsg only reads them
    message.msg_iovlen = parts.size();
    const int flags = MSG_NOSIGNAL | (more == More::kYes ? MSG_MORE : 0);
    const auto sent = without_interruption([&] {
      if (parts.size() == 1) return ::send(socket_, parts.front().iov_base, parts.front().iov_len, flags);
      return ::sendmsg(socket_, &message, flags);
    });
    if (sent >= 0) return Attempt::moved(static_cast<std::size_t>(sent));
    return from_errno(Attempt::Kind::kWantWrite);
  }

  Attempt try_send_file(int file, std::uint64_t offset, std::size_t length) override {
    auto position = static_cast<off_t>(offset);
    const auto sent = without_interruption([&] { return ::sendfile(socket_, file, &position, length); });
    if (sent > 0) return Attempt::moved(static_cast<std::size_t>(sent));
    if (sent == 0) return Attempt::of(Attempt::Kind::kEnd);
    return from_errno(Attempt::Kind::kWantWrite);
  }

  [[nodiscard]] bool has_pending() const override { return false; }
  void say_goodbye() override {}

 private:
  int socket_;
};

}  // namespace

std::unique_ptr<Stream> make_plain_stream(int socket) {
  return std::make_unique<PlainStream>(socket);
}

}  // namespace berth::net
