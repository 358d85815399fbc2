#include "distribution/byte_ranges.h"

#include <gtest/gtest.h>

namespace berth::distribution {
namespace {

std::string describe(const RangeAnswer& answer) {
  if (std::holds_alternative<WholeBody>(answer)) return "whole";
  if (std::holds_alternative<UnsatisfiableRange>(answer)) return "unsatisfiable";
  if (std::holds_alternative<TooManyRanges>(answer)) return "too many";
  std::string text;
  for (const auto& range : std::get<std::vector<ByteRange>>(answer))
    text += fmt::format("{}{}+{}", text.empty() ? "" : " ", range.offset, range.length);
  return text;
}

/// "0-0,2-2,4-4,…": `count` ranges that touch nothing.
std::string apart(std::size_t count) {
  std::string header = "bytes=";
  for (std::size_t i = 0; i < count; ++i) header += fmt::format("{}{}-{}", i == 0 ? "" : ",", 2 * i, 2 * i);
  return header;
}

struct RangeCase {
  std::string_view name;
  std::optional<std::string_view> header;
  std::uint64_t size;
  std::string_view answer;
};

class ParseRange : public ::testing::TestWithParam<RangeCase> {};

constexpr RangeCase kRangeCases[] = {
    {"absent", std::nullopt, 1000, "whole"},
    {"other_unit", "lines=0-5", 1000, "whole"},
    {"no_unit", "0-5", 1000, "whole"},
    {"empty_header", "", 1000, "whole"},
    {"first_and_last", "bytes=0-99", 1000, "0+100"},
    {"one_byte", "bytes=0-0", 1000, "0+1"},
    {"last_byte", "bytes=999-999", 1000, "999+1"},
    {"open_end", "bytes=500-", 1000, "500+500"},
    {"from_the_start", "bytes=0-", 1000, "0+1000"},
    {"suffix", "bytes=-500", 1000, "500+500"},
    {"suffix_longer_than_all", "bytes=-5000", 1000, "0+1000"},
    {"suffix_of_nothing", "bytes=-0", 1000, "unsatisfiable"},
    {"end_is_clamped", "bytes=500-5000", 1000, "500+500"},
    {"end_beyond_64_bits_is_clamped", "bytes=1-99999999999999999999999", 1000, "1+999"},
    {"start_beyond_64_bits", "bytes=99999999999999999999999-", 1000, "unsatisfiable"},
    {"start_at_the_end", "bytes=1000-", 1000, "unsatisfiable"},
    {"start_behind_the_end", "bytes=5000-10000", 1000, "unsatisfiable"},
    {"end_before_start", "bytes=500-0", 1000, "unsatisfiable"},
    {"unit_without_case", "Bytes=0-1", 1000, "0+2"},
    {"blanks_round_commas", "bytes= 0-1 ,\t4-5 ", 1000, "0+2 4+2"},
    {"blank_inside", "bytes=0 -1", 1000, "unsatisfiable"},
    {"empty_elements", "bytes=,,0-1,,", 1000, "0+2"},
    {"nothing_but_commas", "bytes=,,,", 1000, "unsatisfiable"},
    {"no_range", "bytes=", 1000, "unsatisfiable"},
    {"no_dash", "bytes=5", 1000, "unsatisfiable"},
    {"dash_alone", "bytes=-", 1000, "unsatisfiable"},
    {"two_dashes", "bytes=--5", 1000, "unsatisfiable"},
    {"three_numbers", "bytes=0-1-2", 1000, "unsatisfiable"},
    {"signs", "bytes=+0-1", 1000, "unsatisfiable"},
    {"hex", "bytes=0x0-0x5", 1000, "unsatisfiable"},
    {"letters", "bytes=a-b", 1000, "unsatisfiable"},
    {"one_of_two_malformed", "bytes=0-1,x", 1000, "unsatisfiable"},
    {"one_of_two_behind_the_end", "bytes=0-1,1000-1001", 1000, "0+2"},
    {"empty_body", "bytes=0-", 0, "unsatisfiable"},
    {"empty_body_suffix", "bytes=-1", 0, "unsatisfiable"},
    {"two_apart", "bytes=0-1,5-6", 1000, "0+2 5+2"},
    {"order_is_kept", "bytes=5-6,0-1", 1000, "5+2 0+2"},
    {"neighbours_stay_two_parts", "bytes=0-4,5-9", 1000, "0+5 5+5"},
    {"overlapping_are_joined", "bytes=0-9,5-14", 1000, "0+15"},
    {"overlap_later_in_the_list", "bytes=20-29,0-9,25-34", 1000, "0+10 20+15"},
    {"inner_range_vanishes", "bytes=0-99,10-19,50-", 1000, "0+1000"},
    {"the_same_twice", "bytes=0-9,0-9", 1000, "0+10"},
    {"whole_of_the_largest_size", "bytes=0-", UINT64_MAX, "0+18446744073709551615"},
};

TEST_P(ParseRange, answers) {
  EXPECT_EQ(describe(parse_range(GetParam().header, GetParam().size)), GetParam().answer);
}

INSTANTIATE_TEST_SUITE_P(Headers, ParseRange, ::testing::ValuesIn(kRangeCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ParseRangeBounds, as_many_ranges_as_allowed_are_answered) {
  const auto answer = parse_range(apart(kMaxByteRanges), 1'000'000);
  ASSERT_TRUE(std::holds_alternative<std::vector<ByteRange>>(answer));
  EXPECT_EQ(std::get<std::vector<ByteRange>>(answer).size(), kMaxByteRanges);
}

TEST(ParseRangeBounds, one_more_is_too_many) {
  EXPECT_EQ(describe(parse_range(apart(kMaxByteRanges + 1), 1'000'000)), "too many");
}

TEST(ParseRangeBounds, ten_thousand_ranges_are_too_many_even_when_they_are_one) {
  std::string header = "bytes=";
  for (int i = 0; i < 10'000; ++i) header += "0-,";
  EXPECT_EQ(describe(parse_range(header, 1000)), "too many");
}

struct ChunkCase {
  std::string_view name;
  std::string_view content_range;
  std::string_view answer;
};

class ParseChunkRange : public ::testing::TestWithParam<ChunkCase> {};

constexpr ChunkCase kChunkCases[] = {
    {"first_chunk", "0-99", "0..99"},
    {"later_chunk", "100-199", "100..199"},
    {"one_byte", "7-7", "7..7"},
    {"largest", "0-9223372036854775806", "0..9223372036854775806"},
    {"too_large", "0-9223372036854775807", "refused"},
    {"beyond_64_bits", "0-99999999999999999999999", "refused"},
    {"bytes_prefix", "bytes 0-99", "refused"},
    {"bytes_unit", "bytes=0-99", "refused"},
    {"total", "0-99/100", "refused"},
    {"open_end", "0-", "refused"},
    {"open_start", "-99", "refused"},
    {"backwards", "99-0", "refused"},
    {"blank", "0- 99", "refused"},
    {"leading_blank", " 0-99", "refused"},
    {"sign", "+0-99", "refused"},
    {"empty_chunk_as_some_servers_write_it", "0--1", "refused"},
    {"no_dash", "99", "refused"},
    {"empty", "", "refused"},
};

TEST_P(ParseChunkRange, answers) {
  const auto range = parse_chunk_range(GetParam().content_range);
  EXPECT_EQ(range ? fmt::format("{}..{}", range->first, range->last) : "refused", GetParam().answer);
  if (!range) EXPECT_EQ(range.error().fault, Fault::kUploadRange);
}

INSTANTIATE_TEST_SUITE_P(Headers, ParseChunkRange, ::testing::ValuesIn(kChunkCases),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace berth::distribution
