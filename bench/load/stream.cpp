#include "stream.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace berth::load {
namespace {

[[noreturn]] void broken(const char* call) {
  throw std::runtime_error(fmt::format("{}: {}", call, std::strerror(errno)));
}

bool must_wait() {
  if (errno == EINTR) return false;
  return errno == EAGAIN || errno == EINPROGRESS;
}

SSL_CTX* tls_context() {
  static SSL_CTX* const context = [] {
    SSL_CTX* made = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(made, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return made;
  }();
  return context;
}

}  // namespace

Address Address::parse(std::string_view url) {
  Address address;
  address.tls = url.starts_with("https://");
  const auto rest = url.substr(std::min(url.size(), std::string_view(address.tls ? "https://" : "http://").size()));
  const auto colon = rest.rfind(':');
  const bool known = address.tls || url.starts_with("http://");
  if (!known || colon == std::string_view::npos)
    throw std::invalid_argument(fmt::format("{}: expected http://127.0.0.1:port", url));
  address.host = rest.substr(0, colon);
  auto port = rest.substr(colon + 1);
  if (port.ends_with('/')) port.remove_suffix(1);
  if (std::from_chars(port.data(), port.data() + port.size(), address.port).ptr != port.data() + port.size())
    throw std::invalid_argument(fmt::format("{}: the port is no number", url));
  return address;
}

std::string Address::authority() const {
  return fmt::format("{}:{}", host, port);
}

Stream::Stream(EventLoop& loop, const Address& address)
    : address_(address),
      descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  if (descriptor_ < 0) broken("socket");
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  loop.watch(descriptor_, waiter_);
}

Stream::~Stream() {
  ::close(descriptor_);
}

Task<Done> Stream::connect() {
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(address_.port);
  if (::inet_pton(AF_INET, address_.host.c_str(), &peer.sin_addr) != 1)
    throw std::runtime_error(address_.host + ": expected an IPv4 address");
  while (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0 && errno != EISCONN) {
    if (errno == EALREADY || must_wait())
      co_await waiter_;
    else if (errno != EINTR)
      broken("connect");
  }
  if (!address_.tls) co_return Done{};
  tls_.reset(SSL_new(tls_context()));
  SSL_set_fd(tls_.get(), descriptor_);
  for (int result = SSL_connect(tls_.get()); result != 1; result = SSL_connect(tls_.get()))
    if (try_again(result, "TLS handshake")) co_await waiter_;
  co_return Done{};
}

bool Stream::try_again(int result, const char* call) const {
  const int error = SSL_get_error(tls_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return true;
  throw std::runtime_error(fmt::format("{} broke: SSL error {}", call, error));
}

Task<Done> Stream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = 0;
    if (tls_) {
      const auto most = std::min<std::size_t>(bytes.size(), 1U << 20);
      sent = SSL_write(tls_.get(), bytes.data(), static_cast<int>(most));
      if (sent <= 0 && try_again(static_cast<int>(sent), "sending")) {
        co_await waiter_;
        continue;
      }
    } else {
      sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) {
        if (must_wait())
          co_await waiter_;
        else if (errno != EINTR)
          broken("sending");
        continue;
      }
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  co_return Done{};
}

Task<std::size_t> Stream::read(std::span<char> into) {
  while (true) {
    ssize_t got = 0;
    if (tls_) {
      got = SSL_read(tls_.get(), into.data(), static_cast<int>(into.size()));
      if (got <= 0 && try_again(static_cast<int>(got), "receiving")) {
        co_await waiter_;
        continue;
      }
    } else {
      got = ::recv(descriptor_, into.data(), into.size(), 0);
      if (got == 0) throw std::runtime_error("the server closed the connection in the middle of an answer");
      if (got < 0) {
        if (must_wait())
          co_await waiter_;
        else if (errno != EINTR)
          broken("receiving");
        continue;
      }
    }
    co_return static_cast<std::size_t>(got);
  }
}

Task<Done> Stream::discard(std::uint64_t count) {
  static std::array<char, 1U << 16> scratch;
  while (count > 0) {
    if (tls_) {
      const auto most = std::min<std::uint64_t>(count, scratch.size());
      auto reading = read(std::span(scratch.data(), static_cast<std::size_t>(most)));
      count -= co_await reading;
      continue;
    }
    const auto most = std::min<std::uint64_t>(count, 1U << 20);
    // Linux: MSG_TRUNC on a TCP socket drops the bytes without a copy (tcp(7)).
    const auto got = ::recv(descriptor_, nullptr, static_cast<std::size_t>(most), MSG_TRUNC);
    if (got == 0) throw std::runtime_error("the server closed the connection in the middle of a body");
    if (got > 0)
      count -= static_cast<std::uint64_t>(got);
    else if (must_wait())
      co_await waiter_;
    else if (errno != EINTR)
      broken("receiving");
  }
  co_return Done{};
}

}  // namespace berth::load
