#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace berth::distribution {

/// [offset, offset + length), never empty.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// No Range header, or one of another unit: answer 200 with everything.
struct WholeBody {};
/// Answer 416 with `Content-Range: bytes */<size>`.
struct UnsatisfiableRange {};
/// Answer 400: podman's partial pulls then ask again with half as many, and give up at any other status.
struct TooManyRanges {};

/// One range: 206 with Content-Range; more: multipart/byteranges, one part each, in this order.
using RangeAnswer = std::variant<WholeBody, UnsatisfiableRange, TooManyRanges, std::vector<ByteRange>>;

inline constexpr std::size_t kMaxByteRanges = 256;

/// What a Range header asks of `size` bytes (RFC 9110, 14.1.2 and 14.2). Ranges end where the bytes end; those that lie
/// behind them are left out. Overlapping ones are joined; others keep their number and order, since clients count
/// parts. A malformed header is unsatisfiable, `bytes=500-0` included. Work is bounded by kMaxByteRanges and the
/// header's length.
[[nodiscard]] RangeAnswer parse_range(std::optional<std::string_view> header, std::uint64_t size);

/// Where a chunk of an upload goes: `<first>-<last>`, inclusive, without "bytes " (OCI distribution-spec, "Pushing a
/// blob in chunks").
struct ChunkRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
};
/// kUploadRange for anything else.
[[nodiscard]] Result<ChunkRange> parse_chunk_range(std::string_view content_range);

}  // namespace berth::distribution
