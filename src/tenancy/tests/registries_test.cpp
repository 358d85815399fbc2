#include "tenancy/tests/support/desk.h"

namespace berth::tenancy::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RegistriesTest : public DeskTest {
 protected:
  void SetUp() override {
    desk.workspace("retail", "alice");
    desk.workspace("lab", "bob");
  }
  static constexpr auto kBerth = "/api/v1/registries/berth";
  Answer preview(bool all) {
    return desk.post("root", std::string(kBerth) + "/publicity-preview", {{"all_spaces_public", all}});
  }
};
INSTANTIATE_TEST_SUITE_P(, RegistriesTest, db::testing::both(), db::testing::name);

TEST_P(RegistriesTest, the_embedded_one_is_made_once) {
  const auto one = desk.get("nobody", kBerth);
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(one.text("kind"), "berth");
  EXPECT_EQ(one.text("origin"), "managed");
  EXPECT_EQ(desk.snapshot()->embedded.value(), one.id());
  ensure_embedded_registry(desk.tenancy().context, RegistryName::trusted("other"), desk.clock().now());
  EXPECT_THAT(desk.get("root", "/api/v1/registries").items("name"), ElementsAre("berth"));
  EXPECT_THAT(desk.audit("registry"), ElementsAre(HasSubstr("system registry.create berth")));
}

TEST_P(RegistriesTest, lists_show_the_platforms_to_all_and_a_workspaces_own_to_its_members) {
  desk.registry("harbor-a", "", "https://harbor.example");
  desk.registry("team", "retail", "https://team.example");
  EXPECT_THAT(desk.get("alice", "/api/v1/registries").items("name"), ElementsAre("berth", "harbor-a", "team"));
  EXPECT_THAT(desk.get("bob", "/api/v1/registries").items("name"), ElementsAre("berth", "harbor-a"));
  EXPECT_THAT(desk.get("root", "/api/v1/registries").items("name"), ElementsAre("berth", "harbor-a", "team"))
      << "its existence";
  EXPECT_EQ(desk.get("bob", "/api/v1/registries/team").status, 404);
  EXPECT_EQ(desk.get("alice", "/api/v1/registries/team").text("workspace"), "retail");
}

TEST_P(RegistriesTest, the_preview_says_what_opens_and_whose_it_was) {
  desk.berth_space("open", {{"public", true}});
  desk.berth_space("apps", {{"owner_workspace", "retail"}});
  desk.berth_space("base");
  desk.bind("base", "lab");
  desk.bind("apps", "lab");
  desk.repository("apps", "web", "retail");
  desk.repository("apps", "api", "retail");
  desk.repository("open", "tool", "");
  const auto told = preview(true).body;
  EXPECT_EQ(json::serialize(told.at("opens")),
            R"({"space_count":2,"repository_count":2,"spaces":["berth/apps","berth/base"]})");
  EXPECT_EQ(json::serialize(told.at("closes")), R"({"space_count":0,"repository_count":0,"spaces":[]})");
  EXPECT_EQ(json::serialize(told.at("exposed")),
            R"([{"workspace":"lab","space_count":2,"spaces":["berth/apps","berth/base"]},)"
            R"({"workspace":"retail","space_count":1,"spaces":["berth/apps"]}])");
  EXPECT_THAT(desk.visible("retail"), ElementsAre("berth/open")) << "nothing has happened";
  EXPECT_EQ(desk.get("root", kBerth).header("ETag"), "\"1\"");

  ASSERT_EQ(desk.patch("root", kBerth, {{"all_spaces_public", true}}, "\"1\"").status, 200);
  EXPECT_THAT(desk.visible("retail"), ElementsAre("berth/apps", "berth/base", "berth/open")) << "what the preview said";
  EXPECT_TRUE(desk.get("nobody", std::string(kBerth) + "/spaces/base").body.at("effectively_public").as_bool());
  const auto back = preview(false).body;
  EXPECT_EQ(back.at("closes"), told.at("opens"));
  ASSERT_EQ(desk.patch("root", kBerth, {{"all_spaces_public", false}}).status, 200);
  EXPECT_THAT(desk.visible("retail"), ElementsAre("berth/open"));
}

TEST_P(RegistriesTest, a_workspaces_own_registry_never_becomes_public) {
  desk.registry("team", "retail", "https://team.example");
  EXPECT_EQ(desk.patch("root", "/api/v1/registries/team", {{"all_spaces_public", true}}).status, 409);
  EXPECT_EQ(desk.post("root", "/api/v1/registries/team/publicity-preview", {{"all_spaces_public", true}}).status, 409);
  EXPECT_EQ(desk.patch("alice", "/api/v1/registries/team", {{"all_spaces_public", true}}).status, 403);
}

TEST_P(RegistriesTest, publicity_is_the_administrators_and_needs_the_version_that_was_read) {
  EXPECT_EQ(desk.patch("alice", kBerth, {{"all_spaces_public", true}}).status, 403);
  EXPECT_EQ(desk.patch("otto", kBerth, {{"all_spaces_public", true}}).status, 403);
  EXPECT_EQ(desk.patch("root", kBerth, {{"all_spaces_public", true}}, "\"9\"").status, 412);
  EXPECT_EQ(desk.patch("root", kBerth, {{"all_spaces_public", 1}, {"name", "x"}}).subjects().size(), 2U);
  EXPECT_EQ(desk.patch("root", "/api/v1/registries/ghost", {{"all_spaces_public", true}}).status, 404);
  EXPECT_EQ(desk.post("root", std::string(kBerth) + "/publicity-preview", json::object{}).status, 400);
  ASSERT_EQ(desk.patch("root", kBerth, {{"all_spaces_public", true}}).status, 200);
  EXPECT_THAT(desk.audit("registry").back(),
              ::testing::MatchesRegex(".*\"all_spaces_public\":false.* -> .*\"all_spaces_public\":true.*"));
}

}  // namespace
}  // namespace berth::tenancy::testing
