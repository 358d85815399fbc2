#include "identity/pending_checks.h"

namespace berth::identity {
namespace {

using From = PendingChecks::From;
using Places = std::vector<std::shared_ptr<void>>;

class PendingChecksTest : public ::testing::Test {
 protected:
  Result<std::shared_ptr<void>> wait(const std::string& key, std::string_view address, From from = From::kStranger) {
    return pending.wait(key, ClientAddress::of(address), from);
  }
  void fill(int count, std::string_view address_pattern) {
    for (int i = 0; i < count; ++i) {
      auto place = wait(fmt::format("key{}", places.size()), fmt::format(fmt::runtime(address_pattern), i));
      ASSERT_TRUE(place) << "place " << i;
      places.push_back(*place);
    }
  }

  PendingChecks pending{{.address = 2, .network = 4, .strangers = 6, .all = 8}};
  Places places;
};

TEST_F(PendingChecksTest, an_address_has_a_few_checks_at_a_time) {
  fill(2, "192.0.2.1");
  const auto refused = wait("one more", "192.0.2.1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::kTooManyRequests);
  EXPECT_TRUE(wait("one more", "192.0.2.2"));
  places.clear();
  EXPECT_TRUE(wait("one more", "192.0.2.1")) << "once they are over";
}

TEST_F(PendingChecksTest, a_crowd_with_the_same_password_is_one_check) {
  for (int i = 0; i < 6; ++i) places.push_back(wait("same", "192.0.2.1").value());
  EXPECT_EQ(pending.size(), 6U);
  const auto check = pending.join("same");
  EXPECT_EQ(check, pending.join("same"));
  EXPECT_NE(check, pending.join("other"));
}

TEST_F(PendingChecksTest, an_ipv6_network_counts_as_64_and_as_48) {
  fill(2, "2001:db8:1:1::{:x}");
  EXPECT_FALSE(wait("more", "2001:db8:1:1::f")) << "the same /64";
  fill(2, "2001:db8:1:2::{:x}");
  EXPECT_FALSE(wait("more", "2001:db8:1:3::1")) << "the same /48";
  EXPECT_TRUE(wait("more", "2001:db8:2:1::1"));
}

TEST_F(PendingChecksTest, strangers_leave_places_to_those_who_are_known) {
  fill(6, "192.0.2.{}");
  const auto refused = wait("stranger", "192.0.2.100");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::kUnavailable);
  EXPECT_EQ(refused.error().retry_after, 1U);
  for (int i = 0; i < 2; ++i) places.push_back(wait(fmt::format("known{}", i), "192.0.2.1", From::kKnown).value());
  EXPECT_FALSE(wait("known2", "192.0.2.1", From::kKnown));
}

TEST_F(PendingChecksTest, an_answer_is_at_hand_as_long_as_somebody_waits_for_it) {
  auto place = wait("same", "192.0.2.1").value();
  pending.join("same")->matched = false;
  EXPECT_TRUE(pending.pending("same"));
  EXPECT_EQ(pending.join("same")->matched, false);
  place = nullptr;
  EXPECT_FALSE(pending.pending("same"));
  EXPECT_EQ(pending.join("same")->matched, std::nullopt);
}

}  // namespace
}  // namespace berth::identity
