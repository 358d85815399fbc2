#pragma once

#include <atomic>
#include <cstddef>

namespace berth::net {

/// The memory for bodies that are read whole before a handler takes them, all together. A body's first bytes are free,
/// so that no login waits for somebody's large manifests; how many of those there are, the connections bound. Any
/// thread; must outlive its shares.
class BodyBudget {
 public:
  BodyBudget(std::size_t free_each, std::size_t all) : free_each_(free_each), left_(all) {}
  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;

  /// What one body has of it; gives it back when it goes. One thread.
  class Share {
   public:
    explicit Share(BodyBudget& home) : home_(home) {}
    ~Share() { home_.left_ += have_; }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// False when there is not so much left: then the share is as it was.
    [[nodiscard]] bool grow_to(std::size_t bytes) {
      const auto wanted = bytes > home_.free_each_ ? bytes - home_.free_each_ : 0;
      if (wanted <= have_) return true;
      if (!home_.take(wanted - have_)) return false;
      have_ = wanted;
      return true;
    }

   private:
    BodyBudget& home_;
    std::size_t have_ = 0;
  };

 private:
  bool take(std::size_t bytes) {
    for (auto left = left_.load(); left >= bytes;)
      if (left_.compare_exchange_weak(left, left - bytes)) return true;
    return false;
  }

  const std::size_t free_each_;
  std::atomic<std::size_t> left_;
};

}  // namespace berth::net
