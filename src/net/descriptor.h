#pragma once

#include <unistd.h>

#include <utility>

namespace berth::net {

/// A socket on its way from accept() to its connection: closes itself unless somebody takes it.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(other.take()) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  [[nodiscard]] int get() const { return value_; }
  int take() { return std::exchange(value_, -1); }

 private:
  int value_;
};

}  // namespace berth::net
