#include "base/encoding.h"

namespace berth {
namespace {

TEST(Base64, RoundTripsEveryLength) {
  for (std::size_t length = 0; length < 40; ++length) {
    std::string raw;
    for (std::size_t i = 0; i < length; ++i) raw += static_cast<char>(i * 37 + length);
    EXPECT_EQ(from_base64(to_base64(raw)), raw);
    EXPECT_EQ(from_base64url(to_base64url(raw)), raw);
  }
}

TEST(Base64, RefusesWhatItDidNotWrite) {
  for (const auto* bad : {"a", "=", "ab=c", "abc$", "ab==ab", "YQ===", "Y Q=", "YR=="})
    EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
}

TEST(PercentDecode, RefusesBrokenEscapes) {
  EXPECT_EQ(percent_decode("a%2Fb%20c"), "a/b c");
  for (const auto* bad : {"%", "%2", "%zz", "abc%2"}) EXPECT_EQ(percent_decode(bad), std::nullopt) << bad;
}

TEST(PercentEncode, LeavesOnlyUnreserved) {
  EXPECT_EQ(percent_encode("a/b?c=d é~"), "a%2Fb%3Fc%3Dd%20%C3%A9~");
}

TEST(Hex, RoundTrips) {
  EXPECT_EQ(to_hex(std::string("\x00\xff\x10", 3)), "00ff10");
  EXPECT_EQ(from_hex("00ff10"), std::string("\x00\xff\x10", 3));
  EXPECT_EQ(from_hex("0"), std::nullopt);
  EXPECT_EQ(from_hex("0g"), std::nullopt);
}

}  // namespace
}  // namespace berth
