#pragma once

#include <chrono>
#include <coroutine>
#include <vector>

#include "task.h"

namespace berth::load {

/// One epoll instance and the thread that runs it. Descriptors are registered once, edge-triggered: a coroutine tries
/// its call first and waits only after EAGAIN, so that a warm exchange costs one send, one receive and a share of a
/// wait.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Who waits for a descriptor. Lives as long as the descriptor; at most one coroutine waits on it.
  struct Waiter {
    std::coroutine_handle<> coroutine;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) noexcept { coroutine = waiting; }
    void await_resume() const noexcept {}
  };

  /// Throws std::system_error when the kernel refuses.
  void watch(int descriptor, Waiter& waiter);

  /// Runs every client to its end and rethrows what the first one failed with. Throws std::runtime_error when nothing
  /// happened for `patience`: a server that hangs must not hang the measurement.
  void run(std::vector<Task<Done>>& clients, std::chrono::milliseconds patience);

 private:
  int epoll_;
};

}  // namespace berth::load
