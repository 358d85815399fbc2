#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "event_loop.h"

namespace berth::load {

/// Where the server is: `http://host:port` or `https://host:port`, numbers only. Throws std::invalid_argument.
struct Address {
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;

  static Address parse(std::string_view url);
  [[nodiscard]] std::string authority() const;
};

/// A connection's bytes, plain or TLS. Certificates are not checked: the peer is on this machine and was started by us.
/// One coroutine at a time. Every call throws std::runtime_error when the connection breaks.
class Stream {
 public:
  Stream(EventLoop& loop, const Address& address);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// TCP, and the handshake of TLS.
  Task<Done> connect();
  Task<Done> write(std::string_view bytes);
  /// At least one byte; throws at the end of the stream.
  Task<std::size_t> read(std::span<char> into);
  /// Takes `count` bytes off the stream; plain TCP drops them in the kernel, which leaves the processor to the server.
  Task<Done> discard(std::uint64_t count);

 private:
  /// Of a TLS call that gave `result`: whether it must be tried again after a wait.
  bool try_again(int result, const char* call) const;

  const Address address_;
  int descriptor_;
  EventLoop::Waiter waiter_;
  std::unique_ptr<SSL, void (*)(SSL*)> tls_{nullptr, SSL_free};
};

}  // namespace berth::load
