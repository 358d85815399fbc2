#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace berth::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// What must hold for every input; libFuzzer reports the abort with the input that led to it.
inline void require(bool holds) {
  if (!holds) std::abort();
}

/// An input in several parts: seeds stay readable, and the fuzzer moves bytes from one part to the next.
class Parts {
 public:
  explicit Parts(std::string_view text) : rest_(text) {}

  /// The next byte, as a choice of one out of `count`; 0 at the end.
  std::size_t choose(std::size_t count) {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return byte % count;
  }
  /// What stands before the next `end`, which is left out.
  std::string_view until(char end) {
    const auto at = rest_.find(end);
    const auto part = rest_.substr(0, at);
    rest_ = at == std::string_view::npos ? std::string_view() : rest_.substr(at + 1);
    return part;
  }
  std::string_view line() { return until('\n'); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace berth::fuzz
