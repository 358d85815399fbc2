#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "net/refusal.h"

namespace berth::net {

/// The chunked transfer coding (RFC 9112, 7.1), as strictly as its grammar allows:
///
///   5;name=value CRLF hello CRLF 0 CRLF X-Sum: 1 CRLF CRLF
///
/// Extensions and trailer fields are dropped; both are bounded. Our own rather than Beast's, whose decoder asserts that
/// the empty line after the last chunk does not arrive byte by byte. One per body; one thread.
class ChunkDecoder {
 public:
  struct Decoded {
    std::size_t consumed = 0;
    std::size_t produced = 0;
  };
  /// As much of `bytes` as fits `into`. What comes before an error is given first, and the error at the next call.
  std::expected<Decoded, Refusal> decode(std::string_view bytes, std::span<char> into);
  /// The last chunk and its trailer are consumed.
  [[nodiscard]] bool complete() const { return state_ == State::kComplete; }

 private:
  enum class State {
    kSize,
    kExtension,
    kSizeFeed,
    kData,
    kDataReturn,
    kDataFeed,
    kTrailerStart,
    kTrailer,
    kTrailerFeed,
    kLastFeed,
    kComplete
  };

  bool step(char c);
  bool size_digit(char c);
  bool text(char c, std::size_t most);
  bool expect(char c, char wanted, State next);

  State state_ = State::kSize;
  std::uint64_t left_ = 0;  // of this chunk's data
  int digits_ = 0;
  std::size_t dropped_ = 0;  // bytes of this line's extension, or of the trailer
};

}  // namespace berth::net
