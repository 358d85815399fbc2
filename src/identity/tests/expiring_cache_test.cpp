#include "identity/expiring_cache.h"

namespace berth::identity {
namespace {

TEST(ExpiringCache, gives_back_until_the_end) {
  ManualClock clock;
  ExpiringCache<int> cache(100);
  cache.put("a", 1, clock.now() + std::chrono::seconds(1));
  EXPECT_EQ(cache.find("a", clock.now()), 1);
  EXPECT_EQ(cache.find("b", clock.now()), std::nullopt);
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(cache.find("a", clock.now()), std::nullopt);
}

TEST(ExpiringCache, stays_bounded) {
  ManualClock clock;
  ExpiringCache<int> cache(64);
  for (int i = 0; i < 10'000; ++i) cache.put(std::to_string(i), i, clock.now() + std::chrono::seconds(i + 1));
  EXPECT_LE(cache.size(), 64U);
  EXPECT_EQ(cache.find("9999", clock.now()), 9999);
}

}  // namespace
}  // namespace berth::identity
