#include "base/clock.h"

namespace berth {
namespace {

TEST(Rfc3339, RoundTrips) {
  for (const auto* text : {"1970-01-01T00:00:00.000Z", "2026-11-21T03:04:05.678Z", "2024-02-29T23:59:59.999Z"})
    EXPECT_EQ(to_rfc3339(parse_rfc3339(text).value()), text);
}

TEST(Rfc3339, TakesOffsetsAndFractions) {
  EXPECT_EQ(to_rfc3339(parse_rfc3339("2026-11-21T05:04:05+02:00").value()), "2026-11-21T03:04:05.000Z");
  EXPECT_EQ(to_rfc3339(parse_rfc3339("2026-11-20T22:04:05.5-05:00").value()), "2026-11-21T03:04:05.500Z");
  EXPECT_EQ(to_rfc3339(parse_rfc3339("2026-11-21T03:04:05.123456789Z").value()), "2026-11-21T03:04:05.123Z");
}

TEST(Rfc3339, RefusesTheRest) {
  for (const auto* bad :
       {"", "2026-11-21", "2026-11-21T03:04:05", "2026-13-21T03:04:05Z", "2026-02-30T03:04:05Z", "2026-11-21T24:04:05Z",
        "2026-11-21 03:04:05Z", "2026-11-21T03:04:05.Z", "2026-11-21T03:04:05+2:00", "2026-11-21T03:04:05Zx"})
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
}

TEST(Rfc3339, EndsWhereItsYearsEnd) {
  for (const auto* last : {"0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"})
    EXPECT_EQ(to_rfc3339(parse_rfc3339(last).value()), last);
  // Times that no RFC 3339 text stands for: what was stored could never be read again.
  for (const auto* beyond :
       {"0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z", "0000-01-01T00:00:00+23:59"})
    EXPECT_FALSE(parse_rfc3339(beyond)) << beyond;
}

TEST(HttpDate, IsImfFixdate) {
  EXPECT_EQ(to_http_date(from_millis(784111777000)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace berth
