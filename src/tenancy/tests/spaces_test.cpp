#include "tenancy/spaces.h"

#include "tenancy/tests/support/desk.h"

namespace berth::tenancy::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto kSpaces = "/api/v1/registries/berth/spaces";

struct NameCase {
  std::string_view name;
  std::string text;
  bool valid;
};
class SpaceNameTest : public ::testing::TestWithParam<NameCase> {};
TEST_P(SpaceNameTest, is_one_oci_component_that_nothing_else_uses) {
  EXPECT_EQ(parse_new_space_name(GetParam().text).has_value(), GetParam().valid) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(
    , SpaceNameTest,
    ::testing::Values(NameCase{"plain", "base", true}, NameCase{"separators", "a.b_c__d--e", true},
                      NameCase{"digit_first", "3scale", true}, NameCase{"longest", std::string(128, 'a'), true},
                      NameCase{"too_long", std::string(129, 'a'), false}, NameCase{"empty", "", false},
                      NameCase{"upper_case", "Base", false}, NameCase{"slash", "a/b", false},
                      NameCase{"dash_first", "-a", false}, NameCase{"dot_last", "a.", false},
                      NameCase{"two_dots", "a..b", false}, NameCase{"three_underscores", "a___b", false},
                      NameCase{"blank", "a b", false}, NameCase{"catalog", "_catalog", false},
                      NameCase{"colon", "a:b", false}, NameCase{"not_ascii", "bäse", false},
                      NameCase{"v2", "v2", false}, NameCase{"localhost", "localhost", false},
                      NameCase{"api", "api", false}, NameCase{"blobs", "blobs", false},
                      NameCase{"manifests", "manifests", false}, NameCase{"tags", "tags", false},
                      NameCase{"service", "service", false}, NameCase{"near_reserved", "v2x", true}),
    [](const auto& info) { return std::string(info.param.name); });

class SpacesTest : public DeskTest {
 protected:
  void SetUp() override {
    desk.workspace("retail", "alice");
    desk.workspace("lab", "bob");
  }
};
INSTANTIATE_TEST_SUITE_P(, SpacesTest, db::testing::both(), db::testing::name);

TEST_P(SpacesTest, is_made_shown_changed_and_removed_by_the_platform) {
  const auto made = desk.post("root", kSpaces,
                              {{"name", "base"}, {"public", true}, {"quota_bytes", 1000}, {"description", "for all"}});
  ASSERT_EQ(made.status, 201);
  EXPECT_EQ(made.header("Location"), "/api/v1/registries/berth/spaces/base");
  EXPECT_TRUE(made.body.at("effectively_public").as_bool());
  const std::string target = made.header("Location");
  const auto closed =
      desk.patch("root", target, {{"public", false}, {"allow_sparse", true}, {"owner_workspace", "retail"}}, "\"1\"");
  ASSERT_EQ(closed.status, 200);
  EXPECT_FALSE(closed.body.at("effectively_public").as_bool());
  EXPECT_EQ(closed.text("owner_workspace"), "retail");
  EXPECT_EQ(closed.text("description"), "for all");
  EXPECT_EQ(desk.patch("root", target, {{"description", "x"}}, "\"1\"").status, 412);
  const auto cleared = desk.patch("root", target, {{"quota_bytes", nullptr}, {"owner_workspace", nullptr}});
  EXPECT_TRUE(cleared.body.at("quota_bytes").is_null());
  EXPECT_TRUE(cleared.body.at("owner_workspace").is_null());
  EXPECT_TRUE(cleared.body.at("allow_sparse").as_bool());
  EXPECT_EQ(desk.remove("root", target, "\"1\"").status, 412);
  EXPECT_EQ(desk.remove("root", target).status, 204);
  EXPECT_EQ(desk.get("root", target).status, 404);
  const auto lines = desk.audit("space");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_THAT(lines[1], ::testing::MatchesRegex(
                            "user:root space.update berth/base: .*\"public\":true.* -> .*\"public\":false.*"));
}

TEST_P(SpacesTest, what_a_space_may_be_called_is_checked_with_all_else) {
  const auto answer =
      desk.post("root", kSpaces, {{"name", "v2"}, {"public", "yes"}, {"quota_bytes", -1}, {"colour", 1}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.subjects(), ::testing::UnorderedElementsAre(HasSubstr("name: "), HasSubstr("public: "),
                                                                 HasSubstr("quota_bytes: "), HasSubstr("colour: ")));
  EXPECT_EQ(desk.post("root", kSpaces, json::object{}).status, 400);
  EXPECT_EQ(desk.post("root", kSpaces, {{"name", "a"}, {"owner_workspace", "ghost"}}).status, 400);
  EXPECT_EQ(desk.count("spaces"), 0);
}

TEST_P(SpacesTest, a_name_is_taken_once_per_registry) {
  desk.registry("harbor-a", "", "https://harbor.example");
  desk.space("harbor-a", "base");
  EXPECT_EQ(desk.post("root", kSpaces, {{"name", "base"}}).status, 201);
  EXPECT_EQ(desk.post("root", kSpaces, {{"name", "base"}}).status, 409);
}

struct MakerCase {
  std::string_view name;
  std::string_view who;
  std::string_view owner;
  int status;
};
TEST_P(SpacesTest, who_may_make_one) {
  desk.member("retail", "eddie", "editor");
  constexpr MakerCase kMakers[] = {
      {"administrator_without_owner", "root", "", 201},
      {"administrator_for_a_workspace", "root", "lab", 201},
      {"admin_for_the_own_workspace", "alice", "retail", 201},
      {"admin_without_owner", "alice", "", 403},
      {"admin_for_another_workspace", "alice", "lab", 403},
      {"admin_for_one_that_is_not_there", "alice", "ghost", 403},
      {"editor", "eddie", "retail", 403},
      {"auditor", "otto", "", 403},
      {"nobody", "nobody", "retail", 403},
  };
  for (const auto& maker : kMakers) {
    json::object body{{"name", fmt::format("s{}", &maker - kMakers)}};
    if (!maker.owner.empty()) body["owner_workspace"] = maker.owner;
    EXPECT_EQ(desk.post(maker.who, kSpaces, body).status, maker.status) << maker.name;
  }
}

TEST_P(SpacesTest, a_tenant_gets_no_binding_and_no_quota_by_making_one) {
  EXPECT_EQ(desk.post("alice", kSpaces, {{"name", "a"}, {"owner_workspace", "retail"}, {"quota_bytes", 5}}).status,
            403);
  ASSERT_EQ(desk.post("alice", kSpaces, {{"name", "a"}, {"owner_workspace", "retail"}}).status, 201);
  EXPECT_EQ(desk.count("bindings"), 0) << "binding is the platform's";
  EXPECT_THAT(desk.visible("retail"), IsEmpty());
}

TEST_P(SpacesTest, a_token_that_only_reads_makes_none) {
  desk.read_token("alice");
  EXPECT_THAT(desk.get("reader:alice", "/api/v1/workspaces").items("name"), ElementsAre("retail"));
  EXPECT_EQ(desk.post("reader:alice", kSpaces, {{"name", "a"}, {"owner_workspace", "retail"}}).status, 403);
  desk.read_token("root");
  EXPECT_EQ(desk.post("reader:root", kSpaces, {{"name", "a"}}).status, 403);
  EXPECT_EQ(desk.count("spaces"), 0);
}

TEST_P(SpacesTest, its_owners_admin_publishes_but_does_not_change_owner_or_quota) {
  desk.berth_space("apps", {{"owner_workspace", "retail"}});
  const std::string target = "/api/v1/registries/berth/spaces/apps";
  EXPECT_EQ(desk.patch("alice", target, {{"public", true}}).status, 200);
  EXPECT_EQ(desk.patch("alice", target, {{"quota_bytes", 5}}).status, 403);
  EXPECT_EQ(desk.patch("alice", target, {{"quota_bytes", nullptr}}).status, 403);
  EXPECT_EQ(desk.patch("alice", target, {{"owner_workspace", "lab"}}).status, 403);
  EXPECT_EQ(desk.patch("bob", target, {{"public", false}}).status, 403) << "public, so bob sees it";
  EXPECT_EQ(desk.patch("alice", target, {{"public", false}}).status, 200);
  EXPECT_EQ(desk.patch("bob", target, {{"public", true}}).status, 404) << "private, so he does not";
  EXPECT_EQ(desk.remove("bob", target).status, 404);
  EXPECT_EQ(desk.remove("alice", target).status, 204);
}

TEST_P(SpacesTest, removal_names_repositories_bindings_and_uploads) {
  desk.berth_space("apps", {{"owner_workspace", "retail"}});
  for (int i = 10; i < 22; ++i) desk.repository("apps", fmt::format("r{}", i), "");
  desk.bind("apps", "lab");
  desk.upload("apps", "new/one");
  const std::string target = "/api/v1/registries/berth/spaces/apps";
  const auto refused = desk.remove("root", target);
  EXPECT_EQ(refused.status, 409);
  const auto subjects = refused.subjects();
  ASSERT_EQ(subjects.size(), 13U);
  EXPECT_EQ(subjects[0], "repository r10");
  EXPECT_EQ(subjects[10], "repository: 2 more");
  EXPECT_EQ(subjects[11], "binding to workspace lab");
  EXPECT_EQ(subjects[12], "upload to new/one");
  const auto tenants = desk.remove("alice", target).subjects();
  EXPECT_THAT(tenants, ::testing::Contains("1 bindings to workspaces"));
  EXPECT_THAT(tenants, Not(::testing::Contains(HasSubstr("lab")))) << "which is not alice's to know";
}

TEST_P(SpacesTest, spaces_of_other_registries_are_not_made_or_removed_here) {
  desk.registry("harbor-a", "", "https://harbor.example");
  desk.space("harbor-a", "base");
  EXPECT_EQ(desk.post("root", "/api/v1/registries/harbor-a/spaces", {{"name", "x"}}).status, 409);
  EXPECT_EQ(desk.remove("root", "/api/v1/registries/harbor-a/spaces/base").status, 409);
  EXPECT_EQ(desk.patch("root", "/api/v1/registries/harbor-a/spaces/base", {{"allow_sparse", true}}).status, 409);
  EXPECT_EQ(desk.patch("root", "/api/v1/registries/harbor-a/spaces/base", {{"public", true}}).status, 200);
}

TEST_P(SpacesTest, a_workspaces_own_registry_is_its_own) {
  desk.registry("team", "retail", "https://team.example");
  desk.space("team", "secret");
  const std::string all = "/api/v1/registries/team/spaces";
  EXPECT_THAT(desk.get("alice", all).items("name"), ElementsAre("secret"));
  EXPECT_EQ(desk.get("bob", all).status, 404);
  EXPECT_THAT(desk.get("root", all).items("name"), IsEmpty()) << "its existence, but not what lies in it";
  EXPECT_EQ(desk.get("root", all + "/secret").status, 404);
  EXPECT_EQ(desk.patch("root", all + "/secret", {{"public", true}}).status, 404);
  EXPECT_EQ(desk.post("bob", all, {{"name", "x"}, {"owner_workspace", "lab"}}).status, 404);
}

TEST_P(SpacesTest, lists_show_each_what_they_may_see) {
  for (const auto* name : {"open", "b", "a", "vault"})
    desk.berth_space(name, {{"public", std::string_view(name) == "open"}});
  desk.bind("a", "retail");
  desk.bind("b", "lab", "push");
  EXPECT_THAT(desk.get("root", kSpaces).items("name"), ElementsAre("a", "b", "open", "vault"));
  EXPECT_THAT(desk.get("otto", kSpaces).items("name"), ElementsAre("a", "b", "open", "vault"));
  EXPECT_THAT(desk.get("alice", kSpaces).items("name"), ElementsAre("a", "open"));
  EXPECT_THAT(desk.get("bob", kSpaces).items("name"), ElementsAre("b", "open"));
  EXPECT_THAT(desk.get("nobody", kSpaces).items("name"), ElementsAre("open"));
  EXPECT_EQ(desk.get("alice", std::string(kSpaces) + "/vault").status, 404);
  EXPECT_EQ(desk.get("alice", std::string(kSpaces) + "/nothing").body.at("detail"),
            desk.get("alice", std::string(kSpaces) + "/vault").body.at("detail"));
  const auto page = desk.get("root", std::string(kSpaces) + "?limit=3");
  const auto link = page.header("Link");
  EXPECT_THAT(desk.get("root", link.substr(1, link.find('>') - 1)).items("name"), ElementsAre("vault"));
}

TEST_P(SpacesTest, a_change_of_owner_is_in_neither_workspaces_log) {
  desk.berth_space("apps", {{"owner_workspace", "retail"}});
  ASSERT_EQ(desk.patch("root", "/api/v1/registries/berth/spaces/apps", {{"owner_workspace", "lab"}}).status, 200);
  EXPECT_THAT(desk.get("alice", "/api/v1/workspaces/retail/audit").items("action"),
              Not(::testing::Contains("space.update")));
  EXPECT_THAT(desk.get("bob", "/api/v1/workspaces/lab/audit").items("action"),
              Not(::testing::Contains("space.update")));
  EXPECT_THAT(desk.get("otto", "/api/v1/audit").items("action"), ::testing::Contains("space.update"));
}

}  // namespace
}  // namespace berth::tenancy::testing
