#include "base/wake_up.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace berth {
namespace {

using namespace std::chrono_literals;

TEST(WakeUp, shows_what_was_done_before_it) {
  const auto wake_up = std::make_shared<WakeUp>();
  int done = 0;
  std::jthread other([&done, wake_up] {
    done = 1;
    wake_up->wake();
  });
  wake_up->sleep();
  EXPECT_EQ(done, 1);
}

TEST(WakeUp, that_came_before_anybody_sleeps_is_not_lost) {
  WakeUp wake_up;
  wake_up.wake();
  wake_up.sleep();
  EXPECT_TRUE(wake_up.sleep_for(0ms));
}

TEST(WakeUp, says_that_nobody_came) {
  WakeUp wake_up;
  EXPECT_FALSE(wake_up.sleep_for(1ms));
}

TEST(WakeUp, outlives_the_sleeper_for_who_still_wakes) {
  for (int round = 0; round < 1000; ++round) {
    auto wake_up = std::make_shared<WakeUp>();
    std::jthread other([held = wake_up] { held->wake(); });
    wake_up->sleep();
    wake_up.reset();
  }
}

}  // namespace
}  // namespace berth
