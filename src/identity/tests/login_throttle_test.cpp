#include "identity/login_throttle.h"

namespace berth::identity {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Attempt kAlice{"alice", "192.0.2.1"};

class LoginThrottleTest : public ::testing::Test {
 protected:
  Result<void> attempt(const Attempt& attempt) { return throttle.admit(attempt, clock.now()); }
  void fail_times(int times, const Attempt& attempt) {
    for (int i = 0; i < times; ++i) ASSERT_TRUE(throttle.admit(attempt, clock.now())) << "attempt " << i;
  }

  ManualClock clock;
  LoginThrottle throttle;
};

TEST_F(LoginThrottleTest, five_attempts_are_free_and_the_sixth_starts_the_wait) {
  fail_times(6, kAlice);
  const auto refused = attempt(kAlice);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::kTooManyRequests);
  EXPECT_EQ(refused.error().retry_after, 1U);
}

TEST_F(LoginThrottleTest, each_wait_is_twice_the_one_before_up_to_a_minute) {
  fail_times(6, kAlice);
  for (const std::uint32_t wait : {1U, 2U, 4U, 8U, 16U, 32U, 60U, 60U}) {
    ASSERT_EQ(attempt(kAlice).error().retry_after, wait);
    clock.advance(seconds(wait));
    ASSERT_TRUE(attempt(kAlice));
  }
}

TEST_F(LoginThrottleTest, another_account_from_another_address_is_free) {
  fail_times(6, kAlice);
  EXPECT_TRUE(attempt({"bob", "198.51.100.7"}));
}

TEST_F(LoginThrottleTest, an_account_waits_wherever_the_guess_comes_from) {
  fail_times(6, kAlice);
  EXPECT_FALSE(attempt({"alice", "198.51.100.7"}));
}

TEST_F(LoginThrottleTest, an_address_waits_whatever_account_it_tries) {
  for (int i = 0; i < 21; ++i) fail_times(1, {fmt::format("user{}", i), "192.0.2.1"});
  EXPECT_FALSE(attempt({"someone-else", "192.0.2.1"}));
  EXPECT_TRUE(attempt({"someone-else", "192.0.2.2"}));
}

TEST_F(LoginThrottleTest, an_ipv6_network_is_one_address) {
  for (int i = 0; i < 21; ++i) fail_times(1, {fmt::format("user{}", i), fmt::format("2001:db8:1:2::{:x}", i + 1)});
  EXPECT_FALSE(attempt({"someone-else", "2001:db8:1:2:ffff::1"}));
  EXPECT_TRUE(attempt({"someone-else", "2001:db8:1:3::1"}));
}

TEST_F(LoginThrottleTest, an_ipv6_site_has_a_larger_budget_than_its_networks_and_no_more) {
  for (int i = 0; i < 101; ++i) fail_times(1, {fmt::format("user{}", i), fmt::format("2001:db8:1:{:x}::1", i)});
  EXPECT_FALSE(attempt({"someone-else", "2001:db8:1:ffff::1"}));
  EXPECT_TRUE(attempt({"someone-else", "2001:db8:2:1::1"}));
}

TEST_F(LoginThrottleTest, mapped_ipv4_addresses_are_not_one_network) {
  for (int i = 0; i < 21; ++i) fail_times(1, {fmt::format("user{}", i), "::ffff:192.0.2.1"});
  EXPECT_FALSE(attempt({"someone-else", "::ffff:192.0.2.1"}));
  EXPECT_TRUE(attempt({"someone-else", "::ffff:192.0.2.2"}));
}

TEST_F(LoginThrottleTest, success_forgets_the_accounts_failures) {
  fail_times(5, kAlice);
  throttle.succeeded(kAlice, clock.now());
  fail_times(6, kAlice);
  EXPECT_FALSE(attempt(kAlice));
}

TEST_F(LoginThrottleTest, strangers_do_not_lock_out_whoever_logged_in_from_there_lately) {
  fail_times(1, kAlice);
  throttle.succeeded(kAlice, clock.now());
  fail_times(6, {"alice", "198.51.100.7"});
  EXPECT_FALSE(attempt({"alice", "198.51.100.8"})) << "another stranger";
  EXPECT_TRUE(attempt(kAlice));
  throttle.succeeded(kAlice, clock.now());
  EXPECT_FALSE(attempt({"alice", "198.51.100.8"})) << "the owner's login does not free the strangers";
}

TEST_F(LoginThrottleTest, a_known_address_waits_for_its_own_wrong_passwords) {
  throttle.succeeded(kAlice, clock.now());
  fail_times(6, kAlice);
  EXPECT_FALSE(attempt(kAlice));
  EXPECT_TRUE(attempt({"alice", "198.51.100.7"})) << "a stranger's count is another";
}

TEST_F(LoginThrottleTest, an_address_is_known_for_its_own_login_alone_and_as_a_network) {
  const Attempt home{"alice", "2001:db8:1:2::1"};
  throttle.succeeded(home, clock.now());
  EXPECT_TRUE(throttle.knows({"alice", "2001:db8:1:2:ffff::9"}, clock.now()));
  EXPECT_FALSE(throttle.knows({"alice", "2001:db8:1:3::1"}, clock.now()));
  EXPECT_FALSE(throttle.knows({"bob", "2001:db8:1:2::1"}, clock.now()));
  clock.advance(KnownAddresses::kFor);
  EXPECT_FALSE(throttle.knows(home, clock.now())) << "a month later";
}

TEST_F(LoginThrottleTest, of_each_login_the_newest_addresses_are_known) {
  for (int i = 0; i < 20; ++i) throttle.succeeded({"alice", fmt::format("10.0.0.{}", i)}, clock.now());
  EXPECT_FALSE(throttle.knows({"alice", "10.0.0.11"}, clock.now()));
  EXPECT_TRUE(throttle.knows({"alice", "10.0.0.12"}, clock.now()));
}

TEST(KnownAddressesTest, stays_bounded_and_gives_up_the_old_first) {
  KnownAddresses known(8);
  ManualClock clock;
  for (int i = 0; i < 100; ++i) {
    known.succeeded(fmt::format("user{}", i), "10.0.0.1", clock.now());
    clock.advance(seconds(1));
  }
  EXPECT_EQ(known.size(), 8U);
  EXPECT_TRUE(known.knows("user99", "10.0.0.1", clock.now()));
}

TEST_F(LoginThrottleTest, success_on_ones_own_account_does_not_free_the_address) {
  for (int i = 0; i < 20; ++i) fail_times(1, {fmt::format("user{}", i), "192.0.2.1"});
  fail_times(1, {"mallory", "192.0.2.1"});
  throttle.succeeded({"mallory", "192.0.2.1"}, clock.now());
  fail_times(1, {"user20", "192.0.2.1"});
  EXPECT_FALSE(attempt({"user21", "192.0.2.1"}));
}

TEST_F(LoginThrottleTest, many_who_log_in_rightly_from_one_address_never_wait) {
  for (int i = 0; i < 200; ++i) {
    const auto login = fmt::format("user{}", i);
    ASSERT_TRUE(attempt({login, "192.0.2.1"}));
    throttle.succeeded({login, "192.0.2.1"}, clock.now());
  }
  EXPECT_EQ(throttle.size(), 0U);
}

TEST_F(LoginThrottleTest, a_quarter_of_an_hour_without_attempts_forgets) {
  fail_times(5, kAlice);
  clock.advance(minutes(15));
  fail_times(6, kAlice);
}

TEST_F(LoginThrottleTest, a_flood_of_logins_and_addresses_stays_bounded) {
  LoginThrottle small({.entries = 100});
  for (int i = 0; i < 2000; ++i)
    ASSERT_TRUE(small.admit({fmt::format("user{}", i), fmt::format("10.0.{}.{}", i / 256, i % 256)}, clock.now()));
  EXPECT_LE(small.size(), 200U);
}

TEST_F(LoginThrottleTest, a_flood_of_made_up_logins_does_not_free_the_one_that_waits) {
  LoginThrottle small({.entries = 100});
  for (int i = 0; i < 20; ++i)
    if (!small.admit({"alice", fmt::format("10.1.0.{}", i)}, clock.now())) clock.advance(minutes(1));
  for (int i = 0; i < 2000; ++i)
    (void)small.admit({fmt::format("user{}", i), fmt::format("10.0.{}.{}", i / 256, i % 256)}, clock.now());
  EXPECT_FALSE(small.admit({"alice", "10.2.0.1"}, clock.now()));
}

}  // namespace
}  // namespace berth::identity
