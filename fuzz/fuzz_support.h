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

}  // namespace berth::fuzz
