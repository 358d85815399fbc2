#pragma once

#include <atomic>
#include <thread>
#include <unordered_set>

#include "net/asio.h"
#include "net/body_buffers.h"
#include "net/services.h"

namespace berth::net {

class Connection;

/// One thread with one event loop, and what its connections share without a lock. Connections stay on the loop that
/// they began on.
///
/// run() starts the thread; drain() and join() end it, in that order. Methods without a word on threads: the loop's
/// own.
class IoLoop {
 public:
  /// `services` must outlive the loop.
  explicit IoLoop(Services& services);
  ~IoLoop();
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  void run();  // by the owner
  /// Any thread. Idle connections end now, the others after their response, all at `deadline`; then the thread ends.
  void drain(SteadyClock::time_point deadline);
  void join();  // by the owner, after drain()

  [[nodiscard]] Executor executor() { return context_.get_executor(); }
  [[nodiscard]] Services& services() { return services_; }
  [[nodiscard]] BodyBuffers& body_buffers() { return body_buffers_; }
  [[nodiscard]] std::string_view http_date();

  /// Open connections, those on their way here included. Any thread.
  [[nodiscard]] std::size_t load() const { return load_.load(std::memory_order_relaxed); }
  void expect_connection() { load_.fetch_add(1, std::memory_order_relaxed); }  // any thread
  void forget_connection() { load_.fetch_sub(1, std::memory_order_relaxed); }  // any thread

  void entered(Connection& connection);
  void left(Connection& connection);

 private:
  void begin_drain(SteadyClock::time_point deadline);
  void end_if_drained();

  Services& services_;
  // Sockets and timers are this thread's alone, so nothing locks for them; post() locks, for the pools.
  asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  asio::executor_work_guard<Executor> alive_{context_.get_executor()};
  Timer drain_deadline_{context_.get_executor()};
  BodyBuffers body_buffers_;
  std::unordered_set<Connection*> connections_;
  bool draining_ = false;
  std::atomic<std::size_t> load_ = 0;
  std::int64_t date_second_ = -1;
  std::string date_;
  std::jthread thread_;
};

}  // namespace berth::net
