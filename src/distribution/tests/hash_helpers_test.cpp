#include "distribution/hash_helpers.h"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

namespace berth::distribution {
namespace {

Result<void> written() {
  return {};
}

TEST(HashHelpersTest, an_idle_helper_hashes_while_the_caller_writes) {
  HashHelpers helpers(1);
  std::latch both(2);
  std::thread::id hashed_by;
  const auto done = helpers.run(
      [&] {
        both.arrive_and_wait();
        return written();
      },
      [&] {
        hashed_by = std::this_thread::get_id();
        both.arrive_and_wait();
      });
  EXPECT_TRUE(done.has_value());
  EXPECT_NE(hashed_by, std::this_thread::get_id());
}

TEST(HashHelpersTest, nobody_waits_for_a_busy_helper) {
  HashHelpers helpers(1);
  std::latch inner_done(1);
  const auto outer = helpers.run(
      [&]() -> Result<void> {
        std::thread::id hashed_by;
        auto inner = helpers.run(written, [&] { hashed_by = std::this_thread::get_id(); });
        EXPECT_EQ(hashed_by, std::this_thread::get_id());
        inner_done.count_down();
        return inner;
      },
      [&] { inner_done.wait(); });
  EXPECT_TRUE(outer.has_value());
}

TEST(HashHelpersTest, what_the_write_says_or_throws_comes_after_the_hash) {
  HashHelpers helpers(1);
  std::atomic<bool> hashed = false;
  const auto hash = [&] {
    std::this_thread::yield();
    hashed = true;
  };
  EXPECT_FALSE(helpers.run([] { return Result<void>(fail(Fault::kUnavailable, "full")); }, hash).has_value());
  EXPECT_TRUE(hashed.exchange(false));
  EXPECT_THROW(static_cast<void>(helpers.run([]() -> Result<void> { throw std::bad_alloc(); }, hash)), std::bad_alloc);
  EXPECT_TRUE(hashed);
}

TEST(HashHelpersTest, a_helper_is_there_again_after_each_piece) {
  HashHelpers helpers(1);
  for (int i = 0; i < 100; ++i) {
    std::latch both(2);
    const auto done = helpers.run(
        [&] {
          both.arrive_and_wait();
          return written();
        },
        [&] { both.arrive_and_wait(); });
    ASSERT_TRUE(done.has_value());
  }
}

}  // namespace
}  // namespace berth::distribution
