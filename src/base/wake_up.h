#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace berth {

/// What one thread sleeps on until another has done something for it; what was done before wake() is seen after
/// sleep(). Once: a second one needs another.
///
/// Whoever wakes holds it by shared_ptr, and no lock that the sleeper wants next: it may be gone, with all that it
/// shared, before wake() returns. Of many who wait on one lock and one condition each wakes only to queue for the lock;
/// here each has its own.
class WakeUp {
 public:
  void wake() {
    {
      const std::lock_guard lock(guard_);
      woken_ = true;
    }
    changed_.notify_one();
  }

  void sleep() {
    std::unique_lock lock(guard_);
    changed_.wait(lock, [this] { return woken_; });
  }

  /// False when nobody has come in time.
  [[nodiscard]] bool sleep_for(std::chrono::milliseconds patience) {
    std::unique_lock lock(guard_);
    return changed_.wait_for(lock, patience, [this] { return woken_; });
  }

 private:
  std::mutex guard_;
  std::condition_variable changed_;
  bool woken_ = false;
};

}  // namespace berth
