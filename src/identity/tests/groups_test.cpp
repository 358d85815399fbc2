#include "identity/tests/support/world.h"

namespace berth::identity {
namespace {

using http::Method;
using testing::basic;
using testing::World;

const auto kRoot = basic("root", World::kPassword);

class GroupsTest : public testing::OnWorlds {
 protected:
  int put_member(std::string_view login) {
    return world.change(Method::kPut, fmt::format("/api/v1/groups/devs/members/{}", login), "", kRoot).status;
  }
  int remove_member(std::string_view login) {
    return world.change(Method::kDelete, fmt::format("/api/v1/groups/devs/members/{}", login), "", kRoot).status;
  }
  std::string members() { return json::serialize(world.get("/api/v1/groups/devs", kRoot).body.at("members")); }
  void give_shop_to(std::string_view group) {
    world.sql(
        fmt::format("INSERT INTO members (workspace_id, principal_kind, principal_id, role, created_at) "
                    "SELECT {}, 'group', id, 'editor', 1 FROM groups WHERE name = '{}'",
                    world.retail.value(), group));
  }
};
INSTANTIATE_TEST_SUITE_P(, GroupsTest, db::testing::both(), db::testing::name);

TEST_P(GroupsTest, are_made_shown_listed_and_removed) {
  const auto made = world.post("/api/v1/groups", R"({"name":"devs"})", kRoot);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.header("Location"), "/api/v1/groups/devs");
  EXPECT_EQ(world.post("/api/v1/groups", R"({"name":"devs"})", kRoot).status, 409);
  EXPECT_EQ(world.get("/api/v1/groups", kRoot).body.at("items").as_array().size(), 1U);
  EXPECT_EQ(world.get("/api/v1/groups/devs", kRoot).string("source"), "local");
  EXPECT_EQ(world.change(Method::kDelete, "/api/v1/groups/devs", "", kRoot).status, 204);
  EXPECT_EQ(world.get("/api/v1/groups/devs", kRoot).status, 404);
  EXPECT_EQ(world.audited("group.create") + world.audited("group.delete"), 2U);
}

TEST_P(GroupsTest, members_come_and_go_and_doing_it_twice_is_no_error) {
  ASSERT_EQ(world.post("/api/v1/groups", R"({"name":"devs"})", kRoot).status, 201);
  EXPECT_EQ(put_member("bob"), 204);
  EXPECT_EQ(put_member("bob"), 204);
  EXPECT_EQ(put_member("alice"), 204);
  EXPECT_EQ(members(), R"(["alice","bob"])");
  EXPECT_EQ(remove_member("bob"), 204);
  EXPECT_EQ(remove_member("bob"), 204);
  EXPECT_EQ(members(), R"(["alice"])");
  EXPECT_EQ(put_member("nobody-here"), 404);
  EXPECT_EQ(world.audited("group.update"), 3U);
}

TEST_P(GroupsTest, membership_counts_at_the_next_request) {
  ASSERT_EQ(world.post("/api/v1/users", R"({"login":"carol","password":"correct horse"})", kRoot).status, 201);
  ASSERT_EQ(world.post("/api/v1/groups", R"({"name":"devs"})", kRoot).status, 201);
  give_shop_to("devs");
  const auto carol = basic("carol", World::kPassword);
  const auto push = [&] { return world.probe(carol, Method::kPost); };
  EXPECT_EQ(push(), 404);
  ASSERT_EQ(put_member("carol"), 204);
  EXPECT_EQ(push(), 200);
  EXPECT_EQ(json::serialize(world.get("/api/v1/session", carol).body.at("memberships")),
            R"([{"workspace":"retail","role":"editor"}])");
  ASSERT_EQ(remove_member("carol"), 204);
  EXPECT_EQ(push(), 404);
  ASSERT_EQ(put_member("carol"), 204);
  ASSERT_EQ(world.change(Method::kDelete, "/api/v1/groups/devs", "", kRoot).status, 204);
  EXPECT_EQ(push(), 404);
}

TEST_P(GroupsTest, of_a_directory_are_not_changed_here) {
  world.sql("INSERT INTO groups (name, source, created_at) VALUES ('devs', 'ldap', 1)");
  EXPECT_EQ(put_member("bob"), 409);
  EXPECT_EQ(members(), "[]");
}

TEST_P(GroupsTest, are_for_administrators) {
  EXPECT_EQ(world.post("/api/v1/groups", R"({"name":"devs"})", basic("alice", World::kPassword)).status, 403);
  EXPECT_EQ(world.get("/api/v1/groups", basic("alice", World::kPassword)).status, 403);
}

}  // namespace
}  // namespace berth::identity
