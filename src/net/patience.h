#pragma once

#include <algorithm>
#include <chrono>

#include "net/limits.h"

namespace berth::net {

/// How long a peer may still keep us waiting. Only time spent waiting for the peer counts, never our own work.
///
/// Each wait takes from it. Of a fixed() one nothing comes back: the head of a request, a handshake. With a rate(),
/// bytes that move earn time back, up to the grace: so a fast start buys no long stall later, and a body that drips is
/// ended after about the grace.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  static Patience fixed(Duration total) { return {total, 0, false}; }
  static Patience rate(const Limits& limits) { return {limits.grace, limits.min_rate, true}; }

  [[nodiscard]] Clock::duration left() const { return left_; }
  void waited(Clock::duration time) { left_ = std::max(left_ - time, Clock::duration::zero()); }
  void moved(std::size_t bytes) {
    if (!earns_ || bytes == 0) return;
    if (rate_ == 0) {
      left_ = grace_;
      return;
    }
    const auto earned = std::chrono::duration<double>(static_cast<double>(bytes) / static_cast<double>(rate_));
    left_ = std::min<Clock::duration>(grace_, left_ + std::chrono::duration_cast<Clock::duration>(
                                                          std::min(earned, std::chrono::duration<double>(grace_))));
  }

 private:
  Patience(Duration grace, std::uint64_t rate, bool earns) : grace_(grace), left_(grace), rate_(rate), earns_(earns) {}
  Clock::duration grace_;
  Clock::duration left_;
  std::uint64_t rate_;
  bool earns_;
};

}  // namespace berth::net
