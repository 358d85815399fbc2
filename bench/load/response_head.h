#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth::load {

/// What the load needs of an answer's head (RFC 9112). Throws std::runtime_error on anything that is no head.
struct ResponseHead {
  int status = 0;
  std::optional<std::uint64_t> length;
  bool chunked = false;
  bool closes = false;
  std::string location;

  /// `text` up to and with the empty line.
  static ResponseHead parse(std::string_view text);
};

}  // namespace berth::load
