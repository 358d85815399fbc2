#pragma once

#include "net/descriptor.h"
#include "net/exchange.h"
#include "net/request_reader.h"
#include "net/tls_context.h"

namespace berth::net {

/// Where a connection comes from.
struct Origin {
  std::string peer_address;
  bool ipv6 = false;                      // the socket's family
  std::shared_ptr<const TlsContext> tls;  // null on a plain listener
};

/// One client's connection: its handshake, then its requests one after the other, in order. Owns itself: it lives as
/// long as its coroutine runs, at most until its loop has been drained. Loop thread only.
class Connection {
 public:
  /// On the loop's thread. The loop has been told to expect it.
  static void open(IoLoop& loop, Descriptor socket, Origin origin, Admission::Ticket ticket);

  Connection(IoLoop& loop, TcpSocket socket, Origin origin, Admission::Ticket ticket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Ends now when idle, else after the response that is under way.
  void drain();
  /// Ends as soon as what it waits for on a pool has returned.
  void abort() { transport_.stop(); }

 private:
  static Task<> live(std::unique_ptr<Connection> connection);
  Task<> run();
  Task<bool> shake_hands();
  [[nodiscard]] bool serve_at_once();
  Task<Exchange::After> serve();
  [[nodiscard]] bool begin(RequestHead&& head);
  void complete(http::Request& request) const;

  IoLoop& loop_;
  Services& services_;
  Origin origin_;
  Admission::Ticket ticket_;
  Transport transport_;
  ReadBuffer buffer_;
  RequestReader reader_;
  Wire wire_;
  std::optional<Exchange> exchange_;  // from a request's head to the end of its answer
  bool idle_ = true;                  // nobody waits for an answer: a drain may end it at once
  bool draining_ = false;
  unsigned in_a_row_ = 0;  // pipelined requests answered
};

}  // namespace berth::net
