#pragma once

#include "net/io_loop.h"
#include "net/tls_context.h"

namespace berth::net {

/// Accepts on one address and hands each connection to the loop with the fewest.
///
/// One acceptor rather than one per loop by SO_REUSEPORT: the kernel would deal four connections to two loops by hash,
/// all to one as often as not, and a second process could share the port by mistake. Accepting is never the bottleneck.
class Listener {
 public:
  using Loops = std::vector<std::unique_ptr<IoLoop>>;

  /// Binds and listens; accepts nothing before start(). `loops` and `services` must outlive the listener, which lives
  /// on `home`. kInvalid or kUnavailable, in words for an operator.
  static Result<std::unique_ptr<Listener>> open(const ListenerSettings& settings, IoLoop& home, const Loops& loops,
                                                Services& services);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void start();           // any thread, once
  void close();           // any thread; nothing is accepted after the loop has seen it
  Result<void> reload();  // any thread: the certificate, if there is one

 private:
  using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

  Listener(IoLoop& home, const Loops& loops, Services& services);
  Result<void> bind(const ListenerSettings& settings);
  Task<> accept_all();
  bool accept_ready();
  void admit(int socket, const asio::ip::address& peer, bool ipv6);
  void hand_over(int socket, std::string peer_address, bool ipv6, Admission::Ticket ticket);
  void turn_away(int socket, Admission::Refused why);

  IoLoop& home_;
  const Loops& loops_;
  Services& services_;
  Acceptor acceptor_;
  std::unique_ptr<CurrentTls> tls_;
  std::uint16_t port_ = 0;
};

}  // namespace berth::net
