#include "access/text.h"
#include "tenancy/tests/support/desk.h"

namespace berth::tenancy::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class MembersTest : public DeskTest {
 protected:
  void SetUp() override {
    desk.workspace("retail", "alice");
    desk.user("eddie");
  }
  std::string role_of(const std::string& login) {
    const auto now = desk.snapshot();
    for (const auto& each : now->users.find(*now->user_by_login.find(login))->memberships)
      if (each.workspace == *now->workspace_by_name.find("retail")) return std::string(access::to_text(each.role));
    return "none";
  }
  static constexpr auto kEddie = "/api/v1/workspaces/retail/members/user/eddie";
  static constexpr auto kAlice = "/api/v1/workspaces/retail/members/user/alice";
};
INSTANTIATE_TEST_SUITE_P(, MembersTest, db::testing::both(), db::testing::name);

TEST_P(MembersTest, is_added_promoted_and_removed_by_an_admin_of_the_workspace) {
  const auto added = desk.put("alice", kEddie, {{"role", "viewer"}});
  EXPECT_EQ(added.status, 201);
  EXPECT_EQ(added.header("Location"), kEddie);
  EXPECT_EQ(role_of("eddie"), "viewer");
  EXPECT_EQ(desk.put("alice", kEddie, {{"role", "admin"}}).status, 200);
  EXPECT_EQ(role_of("eddie"), "admin");
  EXPECT_EQ(desk.remove("eddie", kAlice).status, 204) << "another admin remains: nothing to say";
  EXPECT_EQ(role_of("alice"), "none");
  EXPECT_EQ(desk.get("alice", "/api/v1/workspaces/retail").status, 404) << "at the next request";
  EXPECT_THAT(desk.audit("member"),
              ElementsAre(HasSubstr("user:root member.create retail/user:alice: - -> {\"role\":\"admin\"}"),
                          HasSubstr("user:alice member.create retail/user:eddie: - -> {\"role\":\"viewer\"}"),
                          HasSubstr("member.update retail/user:eddie: {\"role\":\"viewer\"} -> {\"role\":\"admin\"}"),
                          HasSubstr("user:eddie member.delete retail/user:alice: {\"role\":\"admin\"} -> -")));
}

TEST_P(MembersTest, losing_the_last_admin_is_allowed_and_said) {
  const auto demoted = desk.put("root", kAlice, {{"role", "viewer"}});
  EXPECT_EQ(demoted.status, 200);
  EXPECT_THAT(json::serialize(demoted.body), HasSubstr("retail has no administrator of its own any more"));
  ASSERT_EQ(desk.put("root", kAlice, {{"role", "admin"}}).status, 200);
  const auto removed = desk.remove("root", kAlice);
  EXPECT_EQ(removed.status, 200);
  EXPECT_THAT(json::serialize(removed.body), HasSubstr("retail has no administrator of its own any more"));
  EXPECT_EQ(desk.get("root", "/api/v1/workspaces/retail").body.at("administrators").as_int64(), 0);
}

TEST_P(MembersTest, a_group_brings_its_users_and_takes_them_away) {
  desk.group("ops", {"eddie"});
  const std::string ops = "/api/v1/workspaces/retail/members/group/ops";
  EXPECT_EQ(desk.put("alice", ops, {{"role", "editor"}}).status, 201);
  EXPECT_EQ(desk.get("eddie", "/api/v1/workspaces/retail").status, 200);
  EXPECT_THAT(desk.get("eddie", "/api/v1/workspaces/retail/members").items("name"), ElementsAre("ops", "alice"));
  EXPECT_EQ(desk.remove("alice", ops).status, 204);
  EXPECT_EQ(desk.get("eddie", "/api/v1/workspaces/retail").status, 404);
}

TEST_P(MembersTest, the_same_role_again_changes_nothing) {
  EXPECT_EQ(desk.put("root", kAlice, {{"role", "admin"}}).status, 200);
  EXPECT_EQ(desk.audit("member").size(), 1U);
}

TEST_P(MembersTest, unknown_principals_and_kinds_are_not_found) {
  EXPECT_EQ(desk.put("alice", "/api/v1/workspaces/retail/members/user/ghost", {{"role", "viewer"}}).status, 404);
  EXPECT_EQ(desk.put("alice", "/api/v1/workspaces/retail/members/group/ghost", {{"role", "viewer"}}).status, 404);
  EXPECT_EQ(desk.put("alice", "/api/v1/workspaces/retail/members/robot/eddie", {{"role", "viewer"}}).status, 404);
  EXPECT_EQ(desk.remove("alice", kEddie).status, 404) << "a user, but no member";
  EXPECT_EQ(desk.put("alice", kEddie, {{"role", "owner"}}).status, 400);
  EXPECT_EQ(desk.put("alice", kEddie, json::object{}).status, 400);
}

TEST_P(MembersTest, only_admins_change_members) {
  desk.member("retail", "vera", "viewer");
  desk.workspace("lab", "bob");
  EXPECT_EQ(desk.put("vera", kEddie, {{"role", "viewer"}}).status, 403);
  EXPECT_EQ(desk.put("bob", kEddie, {{"role", "viewer"}}).status, 404);
  EXPECT_EQ(desk.remove("bob", kAlice).status, 404);
  EXPECT_EQ(desk.get("bob", "/api/v1/workspaces/retail/members").status, 404);
  EXPECT_EQ(role_of("eddie"), "none");
}

TEST_P(MembersTest, pages_go_through_groups_then_users) {
  desk.group("g1", {});
  desk.group("g2", {});
  for (const auto* who : {"group/g2", "group/g1", "user/eddie"})
    ASSERT_EQ(desk.put("root", fmt::format("/api/v1/workspaces/retail/members/{}", who), {{"role", "viewer"}}).status,
              201);
  std::vector<std::string> seen;
  std::string target = "/api/v1/workspaces/retail/members?limit=1";
  for (int pages = 0; pages < 5 && !target.empty(); ++pages) {
    const auto page = desk.get("alice", target);
    std::ranges::copy(page.items("name"), std::back_inserter(seen));
    const auto link = page.header("Link");
    target = link.empty() ? "" : link.substr(1, link.find('>') - 1);
  }
  EXPECT_THAT(seen, ElementsAre("g1", "g2", "alice", "eddie"));
}

}  // namespace
}  // namespace berth::tenancy::testing
