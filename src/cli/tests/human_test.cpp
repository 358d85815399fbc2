#include "cli/human.h"

namespace berth::cli {
namespace {

constexpr auto kNow = Time(Duration(1'790'000'000'000));

TEST(Sizes, AreShownInTheLargestUnitThatFits) {
  EXPECT_EQ(human_size(0), "0 B");
  EXPECT_EQ(human_size(1023), "1023 B");
  EXPECT_EQ(human_size(1024), "1.0 KiB");
  EXPECT_EQ(human_size(1'610'612'736), "1.5 GiB");
  EXPECT_EQ(human_size(std::int64_t{5} << 50), "5120.0 TiB");
}

struct SizeCase {
  std::string_view text;
  std::optional<std::int64_t> bytes;
};
class SizeTexts : public ::testing::TestWithParam<SizeCase> {};
INSTANTIATE_TEST_SUITE_P(Each, SizeTexts,
                         ::testing::Values(SizeCase{"0", 0}, SizeCase{"1073741824", 1 << 30},
                                           SizeCase{"10GiB", 10'737'418'240}, SizeCase{"10 gib", 10'737'418'240},
                                           SizeCase{"1.5G", 1'610'612'736}, SizeCase{"500MB", 500'000'000},
                                           SizeCase{"", std::nullopt}, SizeCase{"-1", std::nullopt},
                                           SizeCase{"10 apples", std::nullopt}, SizeCase{"GiB", std::nullopt},
                                           SizeCase{"99999999TiB", std::nullopt}, SizeCase{"1e3", std::nullopt},
                                           SizeCase{"nan", std::nullopt}, SizeCase{"inf", std::nullopt}));
TEST_P(SizeTexts, AreRead) {
  EXPECT_EQ(parse_size(GetParam().text), GetParam().bytes) << GetParam().text;
}

TEST(Times, AreToldFromNow) {
  using namespace std::chrono_literals;
  EXPECT_EQ(human_time(kNow, kNow), "now");
  EXPECT_EQ(human_time(kNow - 1s, kNow), "1 second ago");
  EXPECT_EQ(human_time(kNow - 59min, kNow), "59 minutes ago");
  EXPECT_EQ(human_time(kNow + 24h * 29, kNow), "in 29 days");
  EXPECT_EQ(human_time(kNow - 24h * 800, kNow), "2 years ago");
}

TEST(Expiries, AreLengthsOrMoments) {
  using namespace std::chrono_literals;
  EXPECT_EQ(parse_expiry("30d", kNow), kNow + 24h * 30);
  EXPECT_EQ(parse_expiry("12h", kNow), kNow + 12h);
  EXPECT_EQ(parse_expiry("15m", kNow), kNow + 15min);
  EXPECT_EQ(parse_expiry("2027-01-31T00:00:00Z", kNow), parse_rfc3339("2027-01-31T00:00:00Z").value());
  for (const auto* wrong : {"", "d", "0d", "-1d", "30", "30w", "99999999d", "tomorrow", "2027-01-31"})
    EXPECT_EQ(parse_expiry(wrong, kNow), std::nullopt) << wrong;
}

TEST(Texts, CannotCommandTheTerminal) {
  EXPECT_EQ(printable("a\x1b[31mb\nc\td"), "a [31mb c d");
  EXPECT_EQ(printable("\x7f\xc2\x9b"), "  ");  // DEL, and CSI as one character of UTF-8
  EXPECT_EQ(printable("\x9b"), " ");           // and as a byte of its own
  EXPECT_EQ(printable("gr\u00fc\u00df \u955c\u50cf"), "gr\u00fc\u00df \u955c\u50cf");
}

TEST(Texts, AreAsWideAsTheyLook) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("gr\u00fc\u00df"), 4U);
  EXPECT_EQ(display_width("\u955c\u50cf"), 4U);
}

}  // namespace
}  // namespace berth::cli
