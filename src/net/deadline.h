#pragma once

#include <memory>

#include "net/asio.h"

namespace berth::net {

/// Cancels the waits of one socket when a time has passed. Loop thread only.
///
/// Cheap to move: the timer is armed again only when the new time is earlier, or when it fires too early. A keep-alive
/// connection under load so touches its timer about once per idle time, not per request.
class Deadline {
 public:
  /// `socket` must outlive the deadline.
  Deadline(Executor executor, TcpSocket& socket);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void set(SteadyClock::time_point target);
  void clear();
  /// True from the moment it cancelled the socket until the next set().
  [[nodiscard]] bool expired() const { return state_->expired; }

 private:
  struct State {
    State(Executor executor, TcpSocket& target_socket) : timer(executor), socket(&target_socket) {}
    Timer timer;
    TcpSocket* socket;  // null once the Deadline is gone: a handler may run after that
    SteadyClock::time_point target = SteadyClock::time_point::max();
    SteadyClock::time_point armed = SteadyClock::time_point::max();
    bool expired = false;
  };
  static void arm(const std::shared_ptr<State>& state);
  static void fired(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
};

}  // namespace berth::net
