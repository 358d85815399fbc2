#pragma once

#include <memory>
#include <span>
#include <vector>

namespace berth::net {

/// Large buffers for bodies in flight, one pool per loop: a body borrows two and gives them back. When all are out, the
/// next body gets small ones: slower, but nobody waits for a slow uploader, and memory stays bounded by the number of
/// connections. Loop thread only; must outlive its buffers.
class BodyBuffers {
 public:
  BodyBuffers(std::size_t bytes, std::size_t limit) : bytes_(bytes), limit_(limit) {}

  class Buffer {
   public:
    Buffer(BodyBuffers& home, std::unique_ptr<char[]> memory, std::size_t size)
        : home_(&home),
          memory_(std::move(memory)),
          size_(size) {}
    Buffer(Buffer&& other) noexcept = default;
    Buffer& operator=(Buffer&&) = delete;
    ~Buffer() {
      if (memory_) home_->take_back(std::move(memory_), size_);
    }
    [[nodiscard]] std::span<char> memory() { return {memory_.get(), size_}; }

   private:
    BodyBuffers* home_;
    std::unique_ptr<char[]> memory_;
    std::size_t size_;
  };

  Buffer borrow() {
    if (out_ == limit_) return {*this, std::make_unique_for_overwrite<char[]>(kSmall), kSmall};
    ++out_;
    if (kept_.empty()) return {*this, std::make_unique_for_overwrite<char[]>(bytes_), bytes_};
    auto memory = std::move(kept_.back());
    kept_.pop_back();
    return {*this, std::move(memory), bytes_};
  }

 private:
  static constexpr std::size_t kSmall = 16U << 10;
  static constexpr std::size_t kKept = 4;  // so that uploads one after the other do not fault fresh pages in each time

  void take_back(std::unique_ptr<char[]> memory, std::size_t size) {
    if (size == kSmall && size != bytes_) return;
    --out_;
    if (kept_.size() < kKept) kept_.push_back(std::move(memory));
  }

  std::size_t bytes_;
  std::size_t limit_;
  std::size_t out_ = 0;
  std::vector<std::unique_ptr<char[]>> kept_;
};

}  // namespace berth::net
