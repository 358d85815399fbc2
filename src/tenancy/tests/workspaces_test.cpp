#include "tenancy/tests/support/desk.h"

namespace berth::tenancy::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class WorkspacesTest : public DeskTest {};
INSTANTIATE_TEST_SUITE_P(, WorkspacesTest, db::testing::both(), db::testing::name);

TEST_P(WorkspacesTest, is_made_shown_changed_and_removed) {
  const auto made = desk.post("root", "/api/v1/workspaces", {{"name", "retail"}, {"display_name", "Retail"}});
  ASSERT_EQ(made.status, 201);
  EXPECT_EQ(made.header("Location"), "/api/v1/workspaces/retail");
  EXPECT_EQ(made.header("ETag"), "\"1\"");
  EXPECT_TRUE(desk.snapshot()->workspace_by_name.find("retail")) << "the snapshot has it when the answer is there";

  const auto changed = desk.patch("root", "/api/v1/workspaces/retail", {{"description", "shops"}}, "\"1\"");
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.text("display_name"), "Retail") << "what is not named stays";
  EXPECT_EQ(changed.text("description"), "shops");
  EXPECT_EQ(changed.header("ETag"), "\"2\"");

  EXPECT_EQ(desk.remove("root", "/api/v1/workspaces/retail").status, 204);
  EXPECT_EQ(desk.get("root", "/api/v1/workspaces/retail").status, 404);
  EXPECT_FALSE(desk.snapshot()->workspace_by_name.find("retail"));
}

TEST_P(WorkspacesTest, a_name_that_is_taken_is_a_conflict) {
  desk.workspace("retail");
  const auto again = desk.post("root", "/api/v1/workspaces", {{"name", "retail"}});
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.text("detail"), HasSubstr("retail"));
}

TEST_P(WorkspacesTest, a_body_is_told_all_its_errors_at_once) {
  const auto answer =
      desk.post("root", "/api/v1/workspaces", {{"name", "Retail!"}, {"display_name", 7}, {"colour", "red"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.subjects(),
              UnorderedElementsAre(HasSubstr("name: "), HasSubstr("display_name: "), HasSubstr("colour: ")));
  EXPECT_EQ(desk.post("root", "/api/v1/workspaces", {{"name", std::string(64, 'a')}}).status, 400);
  EXPECT_EQ(desk.post("root", "/api/v1/workspaces", json::array{}).status, 400);
  EXPECT_EQ(
      desk.ask("root", http::Method::kPost, "/api/v1/workspaces", {.body = nullptr, .if_match = {}, .raw = "{"}).status,
      400);
  EXPECT_EQ(desk.count("workspaces"), 0);
}

TEST_P(WorkspacesTest, a_change_of_what_was_read_before_another_change_is_refused) {
  desk.workspace("retail");
  ASSERT_EQ(desk.patch("root", "/api/v1/workspaces/retail", {{"description", "one"}}, "\"1\"").status, 200);
  for (const auto* stale : {"\"1\"", "W/\"2\"", "2", "\"12\"", "\"\""})
    EXPECT_EQ(desk.patch("root", "/api/v1/workspaces/retail", {{"description", "two"}}, stale).status, 412) << stale;
  EXPECT_EQ(desk.remove("root", "/api/v1/workspaces/retail", "\"1\"").status, 412);
  EXPECT_EQ(desk.get("root", "/api/v1/workspaces/retail").text("description"), "one");
  EXPECT_EQ(desk.patch("root", "/api/v1/workspaces/retail", {{"description", "two"}}, "\"7\", \"2\"").status, 200);
  EXPECT_EQ(desk.patch("root", "/api/v1/workspaces/retail", {{"description", "three"}}, "*").status, 200);
}

TEST_P(WorkspacesTest, a_patch_that_changes_nothing_leaves_version_and_log_alone) {
  desk.workspace("retail");
  EXPECT_EQ(desk.patch("root", "/api/v1/workspaces/retail", json::object{}).header("ETag"), "\"1\"");
  EXPECT_EQ(desk.patch("root", "/api/v1/workspaces/retail", {{"description", ""}}).header("ETag"), "\"1\"");
  EXPECT_EQ(desk.audit("workspace").size(), 1U);
}

TEST_P(WorkspacesTest, removal_names_everything_that_stands_in_the_way) {
  desk.workspace("retail", "alice");
  desk.berth_space("base");
  desk.berth_space("apps", {{"owner_workspace", "retail"}});
  desk.bind("base", "retail");
  desk.name_space("shop", "retail");
  desk.repository("base", "tools/web", "retail");
  desk.robot("robot+retail+ci", "retail");
  desk.registry("team", "retail", "https://team.example");
  desk.space("team", "secret");

  const auto refused = desk.remove("root", "/api/v1/workspaces/retail");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.subjects(),
              ElementsAre("binding of space berth/base", "namespace c1/shop", "space berth/apps",
                          "home of repository berth/base/tools/web", "robot robot+retail+ci", "registry team"));
  EXPECT_EQ(desk.get("root", "/api/v1/workspaces/retail").status, 200);
  EXPECT_EQ(desk.get("alice", "/api/v1/workspaces/retail").status, 200) << "and its members are still there";
}

TEST_P(WorkspacesTest, a_released_namespace_still_stands_in_the_way) {
  desk.workspace("retail");
  const auto shop = desk.name_space("shop", "retail");
  ASSERT_EQ(desk.remove("root", fmt::format("/api/v1/namespaces/{}/binding", shop)).status, 204);
  EXPECT_THAT(desk.remove("root", "/api/v1/workspaces/retail").subjects(), ElementsAre("namespace c1/shop"));
}

TEST_P(WorkspacesTest, removal_names_ten_of_a_kind_and_counts_the_rest) {
  desk.workspace("retail");
  desk.berth_space("base");
  for (int i = 10; i < 23; ++i) desk.repository("base", fmt::format("r{}", i), "retail");
  const auto subjects = desk.remove("root", "/api/v1/workspaces/retail").subjects();
  ASSERT_EQ(subjects.size(), 11U);
  EXPECT_EQ(subjects.front(), "home of repository berth/base/r10");
  EXPECT_EQ(subjects.back(), "home of repository: 3 more");
}

TEST_P(WorkspacesTest, its_members_go_with_it) {
  desk.workspace("retail", "alice");
  desk.user("gina");
  desk.group("ops", {"gina"});
  ASSERT_EQ(desk.put("root", "/api/v1/workspaces/retail/members/group/ops", {{"role", "viewer"}}).status, 201);
  EXPECT_EQ(desk.remove("root", "/api/v1/workspaces/retail").status, 204);
  EXPECT_EQ(desk.count("members"), 0);
  const auto alice = *desk.snapshot()->user_by_login.find("alice");
  EXPECT_THAT(desk.snapshot()->users.find(alice)->memberships, IsEmpty());
}

TEST_P(WorkspacesTest, everybody_lists_what_they_may_see_in_bytewise_order) {
  for (const auto* name : {"b", "a-b", "a", "a.b"}) desk.workspace(name);
  desk.member("b", "bea", "viewer");
  desk.member("a", "bea", "editor");
  EXPECT_THAT(desk.get("root", "/api/v1/workspaces").items("name"), ElementsAre("a", "a-b", "a.b", "b"));
  EXPECT_THAT(desk.get("otto", "/api/v1/workspaces").items("name"), ElementsAre("a", "a-b", "a.b", "b"));
  EXPECT_THAT(desk.get("bea", "/api/v1/workspaces").items("name"), ElementsAre("a", "b"));
  EXPECT_THAT(desk.get("nobody", "/api/v1/workspaces").items("name"), IsEmpty());
  EXPECT_EQ(desk.get("", "/api/v1/workspaces").status, 401);
}

TEST_P(WorkspacesTest, pages_follow_each_other_to_the_end) {
  for (const auto* name : {"e", "d", "c", "b", "a"}) desk.workspace(name);
  std::vector<std::string> seen;
  std::string target = "/api/v1/workspaces?limit=2";
  for (int pages = 0; pages < 3; ++pages) {
    const auto page = desk.get("root", target);
    std::ranges::copy(page.items("name"), std::back_inserter(seen));
    const auto link = page.header("Link");
    if (link.empty()) break;
    target = link.substr(1, link.find('>') - 1);
  }
  EXPECT_THAT(seen, ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_EQ(desk.get("root", "/api/v1/workspaces?cursor=%21").status, 400);
  EXPECT_EQ(desk.get("root", "/api/v1/workspaces?limit=x").status, 400);
}

TEST_P(WorkspacesTest, who_may_not_see_it_does_not_find_it_and_who_may_not_change_it_is_denied) {
  desk.workspace("retail", "alice");
  desk.member("retail", "vera", "viewer");
  const std::string target = "/api/v1/workspaces/retail";
  EXPECT_EQ(desk.get("nobody", target).status, 404);
  EXPECT_EQ(desk.patch("nobody", target, {{"description", "x"}}).status, 404);
  EXPECT_EQ(desk.get("vera", target).status, 200);
  EXPECT_EQ(desk.patch("vera", target, {{"description", "x"}}).status, 403);
  EXPECT_EQ(desk.patch("otto", target, {{"description", "x"}}).status, 403);
  EXPECT_EQ(desk.patch("alice", target, {{"description", "x"}}).status, 200);
  EXPECT_EQ(desk.remove("alice", target).status, 403);
  EXPECT_EQ(desk.post("alice", "/api/v1/workspaces", {{"name", "mine"}}).status, 403);
}

TEST_P(WorkspacesTest, every_change_is_in_the_log_with_before_and_after) {
  desk.workspace("retail");
  (void)desk.patch("root", "/api/v1/workspaces/retail", {{"description", "shops"}});
  (void)desk.remove("root", "/api/v1/workspaces/retail");
  const auto lines = desk.audit("workspace");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0], HasSubstr("user:root workspace.create retail: - -> {"));
  EXPECT_THAT(lines[1], HasSubstr("user:root workspace.update retail: {"));
  EXPECT_THAT(lines[1], ::testing::MatchesRegex(".*\"description\":\"\".* -> .*\"description\":\"shops\".*"));
  EXPECT_THAT(lines[2], HasSubstr("} -> -"));
  EXPECT_EQ(desk.count("events"), 4) << "the registry's and these three";
}

}  // namespace
}  // namespace berth::tenancy::testing
