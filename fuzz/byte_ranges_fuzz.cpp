#include <cstring>

#include "distribution/byte_ranges.h"
#include "fuzz_support.h"

using namespace berth;
using fuzz::require;

namespace {

void check(const std::vector<distribution::ByteRange>& ranges, std::uint64_t size) {
  require(!ranges.empty() && ranges.size() <= distribution::kMaxByteRanges);
  std::uint64_t total = 0;
  for (const auto& range : ranges) {
    require(range.length > 0 && range.offset < size && range.length <= size - range.offset);
    total += range.length;
  }
  require(total <= size && total >= ranges.size());  // no byte is sent twice
}

}  // namespace

/// The first eight bytes are the size, the rest is the header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t length) {
  std::uint64_t size = 0;
  if (length < sizeof size) return 0;
  std::memcpy(&size, data, sizeof size);
  const auto header = fuzz::text_of(data, length).substr(sizeof size);
  const auto answer = distribution::parse_range(header, size);
  if (const auto* ranges = std::get_if<std::vector<distribution::ByteRange>>(&answer)) check(*ranges, size);
  const auto chunk = distribution::parse_chunk_range(header);
  if (chunk) require(chunk->first >= 0 && chunk->first <= chunk->last);
  return 0;
}
