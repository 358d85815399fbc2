#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

namespace berth {

/// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein), under a random key of its own: names a secret in
/// memory without keeping it. Whoever does not know the key can neither find two texts of one hash nor learn a text
/// from it. A fifth of the time of SHA-256 without processor support. A value; any thread.
class KeyedHash {
 public:
  struct Value {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    friend bool operator==(const Value&, const Value&) = default;
  };

  /// A fresh key.
  KeyedHash();
  /// For tests against the published vectors.
  explicit KeyedHash(std::array<std::uint64_t, 2> key) : key_(key) {}

  [[nodiscard]] Value operator()(std::string_view text) const;

 private:
  std::array<std::uint64_t, 2> key_;
};

}  // namespace berth

template <>
struct std::hash<berth::KeyedHash::Value> {
  std::size_t operator()(const berth::KeyedHash::Value& value) const noexcept { return value.low; }
};
