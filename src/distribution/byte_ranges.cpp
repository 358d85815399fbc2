#include "distribution/byte_ranges.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/encoding.h"

namespace berth::distribution {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// 1*DIGIT; what does not fit counts as the largest there is.
std::optional<std::uint64_t> parse_position(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() ? value : std::numeric_limits<std::uint64_t>::max();
}

struct Malformed {};
struct BehindTheEnd {};
using Spec = std::variant<Malformed, BehindTheEnd, ByteRange>;

/// `first-last`, `first-` or `-suffix`.
Spec parse_spec(std::string_view text, std::uint64_t size) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return Malformed{};
  const auto before = text.substr(0, dash), after = text.substr(dash + 1);
  if (before.empty()) {
    const auto suffix = parse_position(after);
    if (!suffix) return Malformed{};
    const auto length = std::min(*suffix, size);
    if (length == 0) return BehindTheEnd{};
    return ByteRange{.offset = size - length, .length = length};
  }
  const auto first = parse_position(before);
  const auto last = after.empty() ? std::numeric_limits<std::uint64_t>::max() : parse_position(after);
  if (!first || !last || *last < *first) return Malformed{};
  if (*first >= size) return BehindTheEnd{};
  return ByteRange{.offset = *first, .length = std::min(*last, size - 1) - *first + 1};
}

bool any_overlap(const std::vector<ByteRange>& by_offset) {
  return std::ranges::adjacent_find(by_offset, [](const ByteRange& a, const ByteRange& b) {
           return b.offset < a.offset + a.length;
         }) != by_offset.end();
}

/// Overlapping ranges would let a small header ask for many times the bytes that there are (RFC 9110, 17.15).
std::vector<ByteRange> without_overlaps(std::vector<ByteRange> ranges) {
  auto sorted = ranges;
  std::ranges::sort(sorted, {}, &ByteRange::offset);
  if (!any_overlap(sorted)) return ranges;
  std::vector<ByteRange> joined;
  for (const auto& range : sorted) {
    if (joined.empty() || range.offset >= joined.back().offset + joined.back().length) {
      joined.push_back(range);
    } else {
      auto& last = joined.back();
      last.length = std::max(last.offset + last.length, range.offset + range.length) - last.offset;
    }
  }
  return joined;
}

}  // namespace

RangeAnswer parse_range(std::optional<std::string_view> header, std::uint64_t size) {
  if (!header) return WholeBody{};
  const auto equals = header->find('=');
  if (equals == std::string_view::npos) return WholeBody{};
  if (!equal_ignoring_case(trimmed(header->substr(0, equals)), "bytes")) return WholeBody{};
  std::vector<ByteRange> ranges;
  std::size_t asked = 0;
  for (auto rest = std::optional(header->substr(equals + 1)); rest;) {
    const auto comma = rest->find(',');
    const auto text = trimmed(rest->substr(0, comma));
    rest = comma == std::string_view::npos ? std::nullopt : std::optional(rest->substr(comma + 1));
    if (text.empty()) continue;  // RFC 9110, 5.6.1: empty list elements count for nothing
    if (++asked > kMaxByteRanges) return TooManyRanges{};
    const auto spec = parse_spec(text, size);
    if (std::holds_alternative<Malformed>(spec)) return UnsatisfiableRange{};
    if (const auto* range = std::get_if<ByteRange>(&spec)) ranges.push_back(*range);
  }
  if (ranges.empty()) return UnsatisfiableRange{};
  return without_overlaps(std::move(ranges));
}

Result<ChunkRange> parse_chunk_range(std::string_view content_range) {
  const auto dash = content_range.find('-');
  const auto first = parse_position(content_range.substr(0, dash));
  const auto last = dash == std::string_view::npos ? std::nullopt : parse_position(content_range.substr(dash + 1));
  // One less than the largest: the chunk's end, last + 1, is a length, too.
  if (!first || !last || *last < *first || *last >= std::numeric_limits<std::int64_t>::max())
    return fail(Fault::kUploadRange, "Content-Range is <first>-<last>, both counted from 0 and inclusive");
  return ChunkRange{.first = static_cast<std::int64_t>(*first), .last = static_cast<std::int64_t>(*last)};
}

}  // namespace berth::distribution
