#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace berth::integrity {

/// Keeps a reader below so many bytes a second, and lets another thread end its waiting. Any thread.
class Pace {
 public:
  /// 0: no limit.
  void set_limit(std::int64_t bytes_per_second);
  /// Waits until `bytes` more are due. False once ended.
  bool spend(std::size_t bytes);
  void end();
  void begin();

 private:
  using Steady = std::chrono::steady_clock;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::int64_t limit_ = 0;
  Steady::time_point due_;
  bool ended_ = false;
};

}  // namespace berth::integrity
