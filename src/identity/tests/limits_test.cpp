#include "identity/limits.h"

#include "access/tests/support/world.h"

namespace berth::identity {
namespace {

using access::ApiGrant;
using access::Grants;
using access::SpaceGrant;
using access::Verbs;

constexpr Verbs kPull{.pull = true};
constexpr Verbs kPush{.push = true};
constexpr Verbs kBoth{.pull = true, .push = true};
const SpaceId kShop(1), kOther(2);
const auto kWeb = RepositoryPath::parse("web").value();
const auto kApi = RepositoryPath::parse("api").value();

struct Case {
  std::string_view name;
  std::vector<SpaceGrant> held;
  std::vector<SpaceGrant> wanted;
  bool allowed;
};

const Case kCases[] = {
    {"nothing", {}, {}, true},
    {"something_of_nothing", {}, {{kShop, {}, kPull}}, false},
    {"the_same", {{kShop, kWeb, kPull}}, {{kShop, kWeb, kPull}}, true},
    {"another_verb", {{kShop, {}, kPull}}, {{kShop, {}, kPush}}, false},
    {"more_verbs", {{kShop, {}, kPull}}, {{kShop, {}, kBoth}}, false},
    {"fewer_verbs", {{kShop, {}, kBoth}}, {{kShop, {}, kPush}}, true},
    {"another_space", {{kShop, {}, kPull}}, {{kOther, {}, kPull}}, false},
    {"every_space_of_one", {{kShop, {}, kPull}}, {{{}, {}, kPull}}, false},
    {"one_space_of_every", {{{}, {}, kPull}}, {{kShop, {}, kPull}}, true},
    {"whole_space_of_a_repository", {{kShop, kWeb, kPull}}, {{kShop, {}, kPull}}, false},
    {"repository_of_a_whole_space", {{kShop, {}, kPull}}, {{kShop, kWeb, kPull}}, true},
    {"another_repository", {{kShop, kWeb, kPull}}, {{kShop, kApi, kPull}}, false},
    {"the_same_repository_everywhere", {{kShop, kWeb, kPull}}, {{{}, kWeb, kPull}}, false},
    {"verbs_from_two_grants", {{kShop, {}, kPull}, {kShop, kWeb, kPush}}, {{kShop, kWeb, kBoth}}, true},
    {"one_of_two_wanted_is_too_much", {{kShop, {}, kPull}}, {{kShop, {}, kPull}, {kOther, {}, kPull}}, false},
};

class LimitsTest : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(, LimitsTest, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(LimitsTest, of_a_token_hand_on_no_more_than_it_holds) {
  access::testing::World world;
  const auto user = world.user("alice");
  const auto token = world.token(user, {.spaces = GetParam().held, .api = ApiGrant::kWrite});
  const auto snapshot = world.snapshot();
  const auto limits = Limits::of(access::testing::as(user, token), *snapshot);
  EXPECT_EQ(limits.check({.spaces = GetParam().wanted, .api = ApiGrant::kNone}, {}).has_value(), GetParam().allowed);
}

TEST(Limits, a_person_has_none) {
  access::testing::World world;
  const auto user = world.user("alice");
  const auto limits = Limits::of(access::testing::as(user), *world.snapshot());
  EXPECT_FALSE(limits.limited());
  EXPECT_TRUE(limits.check(access::testing::all_grants(), {}));
}

TEST(Limits, the_api_grant_counts) {
  access::testing::World world;
  const auto user = world.user("alice");
  const auto reads = world.token(user, {.spaces = {}, .api = ApiGrant::kRead});
  const auto snapshot = world.snapshot();
  const auto limits = Limits::of(access::testing::as(user, reads), *snapshot);
  EXPECT_TRUE(limits.check({.spaces = {}, .api = ApiGrant::kRead}, {}));
  EXPECT_FALSE(limits.check({.spaces = {}, .api = ApiGrant::kWrite}, {}));
}

TEST(Limits, what_is_made_does_not_outlive_its_maker) {
  access::testing::World world;
  const auto user = world.user("alice");
  const auto end = from_millis(2'000'000'000'000);
  const auto token = world.token(user, {}, end);
  const auto robot = world.robot("robot+alice+ci", user, {}, end);
  const auto snapshot = world.snapshot();
  for (const auto& subject : {access::testing::as(user, token), access::testing::as(robot)}) {
    const auto limits = Limits::of(subject, *snapshot);
    EXPECT_TRUE(limits.check({}, end));
    EXPECT_FALSE(limits.check({}, end + Duration(1)));
    EXPECT_FALSE(limits.check({}, std::nullopt));
  }
}

}  // namespace
}  // namespace berth::identity
