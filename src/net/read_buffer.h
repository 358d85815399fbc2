#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace berth::net {

/// What has arrived and was not used yet. Starts small, grows by doubling up to a limit, and holds no memory while
/// nothing is in it and release() was called. One thread, which keeps one buffer's memory for whoever reads next.
class ReadBuffer {
 public:
  explicit ReadBuffer(std::size_t limit) : limit_(limit) {}

  [[nodiscard]] std::string_view bytes() const { return {memory_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }

  /// Room for more, at least one byte unless bytes() has reached the limit.
  [[nodiscard]] std::span<char> room() {
    if (end_ == capacity_) make_room();
    return {memory_.get() + end_, capacity_ - end_};
  }
  void commit(std::size_t bytes) { end_ += bytes; }
  void consume(std::size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  /// Gives the memory back if nothing is in it.
  void release() {
    if (!empty()) return;
    if (capacity_ == kFirst) spare() = std::move(memory_);
    memory_.reset();
    begin_ = end_ = capacity_ = 0;
  }

 private:
  static constexpr std::size_t kFirst = 4096;

  static std::unique_ptr<char[]>& spare() {
    thread_local std::unique_ptr<char[]> memory;
    return memory;
  }
  static std::unique_ptr<char[]> allocate(std::size_t bytes) {
    if (bytes == kFirst && spare()) return std::move(spare());
    return std::make_unique_for_overwrite<char[]>(bytes);
  }

  void make_room() {
    const auto size = end_ - begin_;
    if (begin_ == 0 && capacity_ < limit_) {
      const auto capacity = std::min(limit_, capacity_ == 0 ? kFirst : capacity_ * 2);
      auto larger = allocate(capacity);
      if (size > 0) std::memcpy(larger.get(), memory_.get(), size);
      memory_ = std::move(larger);
      capacity_ = capacity;
      return;
    }
    std::memmove(memory_.get(), memory_.get() + begin_, size);
    begin_ = 0;
    end_ = size;
  }

  std::size_t limit_;
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace berth::net
