#include "integrity/pace.h"

namespace berth::integrity {

void Pace::set_limit(std::int64_t bytes_per_second) {
  const std::lock_guard lock(mutex_);
  limit_ = bytes_per_second;
  due_ = Steady::now();
}

bool Pace::spend(std::size_t bytes) {
  std::unique_lock lock(mutex_);
  if (ended_ || limit_ == 0) return !ended_;
  // Time that went by unused is not saved up: a burst would be felt by those who pull.
  due_ = std::max(due_, Steady::now()) + std::chrono::nanoseconds(static_cast<std::int64_t>(
                                             1e9 * static_cast<double>(bytes) / static_cast<double>(limit_)));
  return !wake_.wait_until(lock, due_, [this] { return ended_; });
}

void Pace::end() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  wake_.notify_all();
}

void Pace::begin() {
  const std::lock_guard lock(mutex_);
  ended_ = false;
}

}  // namespace berth::integrity
