#include "tenancy/tests/support/desk.h"

namespace berth::tenancy::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class BindingsTest : public DeskTest {
 protected:
  void SetUp() override {
    desk.workspace("retail", "alice");
    desk.workspace("lab", "bob");
    desk.berth_space("base");
    desk.berth_space("tools");
    desk.berth_space("open", {{"public", true}});
  }
  Answer batch(std::string_view path, std::vector<std::string> spaces, std::vector<std::string> workspaces,
               json::object more = {}) {
    more["spaces"] = json::value_from(spaces);
    more["workspaces"] = json::value_from(workspaces);
    return desk.post("root", path, std::move(more));
  }
  Answer bind(std::vector<std::string> spaces, std::vector<std::string> workspaces, std::string_view access = "pull",
              bool dry_run = false) {
    return batch("/api/v1/bindings", std::move(spaces), std::move(workspaces),
                 {{"access", access}, {"dry_run", dry_run}});
  }
  Answer unbind(std::vector<std::string> spaces, std::vector<std::string> workspaces, bool dry_run = false) {
    return batch("/api/v1/bindings/remove", std::move(spaces), std::move(workspaces), {{"dry_run", dry_run}});
  }
  /// "retail berth/base" of one list of the answer.
  static std::vector<std::string> pairs(const json::value& object, std::string_view key) {
    std::vector<std::string> all;
    for (const auto& each : object.at(key).as_array())
      all.push_back(fmt::format("{} {}", std::string_view(each.at("workspace").as_string()),
                                std::string_view(each.at("space").as_string())));
    return all;
  }
  /// Who sees what: "retail berth/base".
  std::set<std::string> sights() {
    std::set<std::string> all;
    for (const auto* workspace : {"retail", "lab"})
      for (const auto& space : desk.visible(workspace)) all.insert(fmt::format("{} {}", workspace, space));
    return all;
  }
};
INSTANTIATE_TEST_SUITE_P(, BindingsTest, db::testing::both(), db::testing::name);

TEST_P(BindingsTest, a_batch_binds_every_space_to_every_workspace) {
  const auto bound = bind({"berth/tools", "berth/base"}, {"retail", "lab"});
  ASSERT_EQ(bound.status, 200);
  EXPECT_THAT(pairs(bound.body, "added"),
              ElementsAre("lab berth/base", "lab berth/tools", "retail berth/base", "retail berth/tools"));
  EXPECT_THAT(desk.visible("retail"), ElementsAre("berth/base", "berth/open", "berth/tools"))
      << "when the answer is there";
  EXPECT_EQ(desk.audit("binding").size(), 4U);
  EXPECT_THAT(desk.audit("binding"),
              ::testing::Contains("user:root binding.create berth/base retail: - -> {\"access\":\"pull\"}"));
}

TEST_P(BindingsTest, the_delta_leaves_out_what_was_visible_anyway) {
  const auto bound = bind({"berth/open", "berth/base"}, {"retail"});
  EXPECT_THAT(pairs(bound.body.at("delta"), "gains"), ElementsAre("retail berth/base"));
  EXPECT_THAT(pairs(bound.body, "added"), ElementsAre("retail berth/base", "retail berth/open"));
  const auto unbound = unbind({"berth/open", "berth/base", "berth/tools"}, {"retail", "lab"});
  EXPECT_THAT(pairs(unbound.body.at("delta"), "loses"), ElementsAre("retail berth/base"));
  EXPECT_THAT(pairs(unbound.body, "removed"), ElementsAre("retail berth/base", "retail berth/open"));
}

TEST_P(BindingsTest, a_dry_run_tells_what_then_happens_and_changes_nothing) {
  struct Step {
    bool binds;
    std::vector<std::string> spaces, workspaces;
    std::string_view access = "pull";
  };
  const std::vector<Step> steps{{true, {"berth/base"}, {"retail", "lab"}},
                                {true, {"berth/base", "berth/tools", "berth/open"}, {"retail"}, "push"},
                                {false, {"berth/base"}, {"lab"}},
                                {true, {"berth/tools"}, {"retail"}},
                                {false, {"berth/base", "berth/tools", "berth/open"}, {"retail", "lab"}}};
  for (const auto& step : steps) {
    SCOPED_TRACE(&step - steps.data());
    const auto run = [&](bool dry) {
      return step.binds ? bind(step.spaces, step.workspaces, step.access, dry)
                        : unbind(step.spaces, step.workspaces, dry);
    };
    const auto before = sights();
    const auto version = desk.snapshot()->version;
    const auto logged = desk.count("audit");
    auto told = run(true);
    EXPECT_EQ(desk.snapshot()->version, version);
    EXPECT_EQ(desk.count("audit"), logged);
    EXPECT_EQ(sights(), before);

    auto done = run(false);
    std::vector<std::string> gained, lost;
    const auto after = sights();
    std::ranges::set_difference(after, before, std::back_inserter(gained));
    std::ranges::set_difference(before, after, std::back_inserter(lost));
    EXPECT_EQ(pairs(done.body.at("delta"), "gains"), gained);
    EXPECT_EQ(pairs(done.body.at("delta"), "loses"), lost);
    EXPECT_EQ(told.body.at("delta"), done.body.at("delta"));
    for (const auto* list : {"added", "changed", "removed"}) EXPECT_EQ(told.body.at(list), done.body.at(list)) << list;
  }
}

TEST_P(BindingsTest, a_batch_with_one_wrong_name_does_nothing_and_names_all_that_is_wrong) {
  desk.registry("team", "retail", "https://team.example");
  desk.space("team", "secret");
  const auto refused = bind({"berth/base", "berth/ghost", "team/secret", "team/ghost", "none/x"}, {"retail", "ghosts"});
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.subjects(),
              ElementsAre("space berth/ghost: there is no such space",
                          "space team/secret: registry team belongs to one workspace",
                          "space team/ghost: registry team belongs to one workspace",
                          "space none/x: there is no such registry", "workspace ghosts: there is no such workspace"));
  EXPECT_EQ(desk.count("bindings"), 0);
  EXPECT_EQ(unbind({"team/secret"}, {"retail"}).status, 400);
  EXPECT_EQ(bind({"team/secret"}, {"retail"}, "pull", true).status, 400);
}

TEST_P(BindingsTest, pull_becomes_push_and_back) {
  desk.bind("base", "retail", "pull");
  const auto up = bind({"berth/base"}, {"retail"}, "push");
  EXPECT_THAT(pairs(up.body, "changed"), ElementsAre("retail berth/base"));
  EXPECT_THAT(pairs(up.body, "added"), IsEmpty());
  EXPECT_EQ(up.body.at("changed").at(0).at("access"), "push");
  EXPECT_EQ(up.body.at("changed").at(0).at("previous_access"), "pull");
  EXPECT_THAT(pairs(up.body.at("delta"), "gains"), IsEmpty()) << "sight is as it was";
  const auto now = desk.snapshot();
  EXPECT_EQ(now->workspaces.find(*now->workspace_by_name.find("retail"))->bindings.front().access,
            access::Access::kPush);
  EXPECT_THAT(pairs(bind({"berth/base"}, {"retail"}, "push").body, "changed"), IsEmpty());
  EXPECT_THAT(pairs(bind({"berth/base"}, {"retail"}, "pull").body, "changed"), ElementsAre("retail berth/base"));
  EXPECT_THAT(desk.audit("binding"),
              ElementsAre(HasSubstr("binding.create"),
                          HasSubstr("binding.update berth/base retail: {\"access\":\"pull\"} -> {\"access\":\"push\"}"),
                          HasSubstr("{\"access\":\"push\"} -> {\"access\":\"pull\"}")));
}

TEST_P(BindingsTest, names_may_stand_twice) {
  EXPECT_THAT(pairs(bind({"berth/base", "berth/base"}, {"retail", "retail"}).body, "added"),
              ElementsAre("retail berth/base"));
}

TEST_P(BindingsTest, bodies_are_checked_as_a_whole) {
  const auto answer =
      desk.post("root", "/api/v1/bindings",
                {{"spaces", json::array{"base", "berth/UP"}}, {"access", "all"}, {"dry_run", 1}, {"force", true}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.subjects(),
              UnorderedElementsAre(HasSubstr("spaces: "), HasSubstr("spaces: "), HasSubstr("workspaces: is required"),
                                   HasSubstr("access: "), HasSubstr("dry_run: "), HasSubstr("force: ")));
  EXPECT_EQ(bind({}, {"retail"}).status, 400);
  EXPECT_EQ(bind({"berth/base"}, {}).status, 400);
  EXPECT_EQ(desk.post("root", "/api/v1/bindings",
                      {{"spaces", json::array{"berth/base"}}, {"workspaces", json::array{"retail"}}})
                .status,
            400)
      << "access is said";
}

TEST_P(BindingsTest, only_the_platforms_administrator_binds) {
  const json::value body{
      {"spaces", json::array{"berth/base"}}, {"workspaces", json::array{"retail"}}, {"access", "pull"}};
  for (const auto* who : {"alice", "otto", "nobody"}) {
    EXPECT_EQ(desk.post(who, "/api/v1/bindings", body).status, 403) << who;
    EXPECT_EQ(desk.post(who, "/api/v1/bindings/remove",
                        {{"spaces", json::array{"berth/base"}}, {"workspaces", json::array{"retail"}}})
                  .status,
              403)
        << who;
  }
  EXPECT_EQ(desk.count("bindings"), 0);
}

TEST_P(BindingsTest, lists_show_each_their_workspaces_bindings) {
  ASSERT_EQ(bind({"berth/base", "berth/tools"}, {"retail"}).status, 200);
  ASSERT_EQ(bind({"berth/base"}, {"lab"}, "push").status, 200);
  EXPECT_THAT(desk.get("root", "/api/v1/bindings").items("space"),
              ElementsAre("berth/base", "berth/base", "berth/tools"));
  EXPECT_THAT(desk.get("otto", "/api/v1/bindings").items("workspace"), ElementsAre("lab", "retail", "retail"));
  EXPECT_THAT(desk.get("alice", "/api/v1/bindings").items("workspace"), ElementsAre("retail", "retail"));
  EXPECT_THAT(desk.get("alice", "/api/v1/bindings?workspace=lab").items("workspace"), IsEmpty());
  EXPECT_THAT(desk.get("root", "/api/v1/bindings?space=berth/base").items("workspace"), ElementsAre("lab", "retail"));
  EXPECT_THAT(desk.get("root", "/api/v1/bindings?space=berth/base&workspace=lab").items("access"), ElementsAre("push"));
  EXPECT_THAT(desk.get("root", "/api/v1/bindings?space=berth/ghost").items("space"), IsEmpty());
  EXPECT_EQ(desk.get("root", "/api/v1/bindings?space=ghost").status, 400);
  EXPECT_THAT(desk.get("bob", "/api/v1/workspaces/lab/bindings").items("space"), ElementsAre("berth/base"));
  EXPECT_EQ(desk.get("bob", "/api/v1/workspaces/retail/bindings").status, 404);

  std::vector<std::string> seen;
  std::string target = "/api/v1/bindings?limit=1";
  for (int pages = 0; pages < 4 && !target.empty(); ++pages) {
    const auto page = desk.get("root", target);
    seen.push_back(page.items("workspace").at(0) + " " + page.items("space").at(0));
    const auto link = page.header("Link");
    target = link.empty() ? "" : link.substr(1, link.find('>') - 1);
  }
  EXPECT_THAT(seen, ElementsAre("lab berth/base", "retail berth/base", "retail berth/tools"));
}

TEST_P(BindingsTest, the_snapshot_followed_step_by_step_is_the_one_a_start_would_load) {
  ASSERT_EQ(bind({"berth/base", "berth/tools"}, {"retail", "lab"}, "push").status, 200);
  ASSERT_EQ(unbind({"berth/base"}, {"lab"}).status, 200);
  const auto followed = desk.snapshot();
  const auto loaded = desk.loaded();
  EXPECT_EQ(followed->version, loaded->version);
  loaded->spaces.for_each([&](SpaceId id, const access::Space& space) {
    const auto& other = followed->spaces.find(id)->bindings;
    EXPECT_TRUE(
        std::ranges::equal(space.bindings, other, {}, &access::Binding::workspace, &access::Binding::workspace));
  });
  loaded->workspaces.for_each([&](WorkspaceId id, const access::Workspace& workspace) {
    const auto& other = followed->workspaces.find(id)->bindings;
    EXPECT_TRUE(std::ranges::equal(workspace.bindings, other, {}, &access::Binding::space, &access::Binding::space));
  });
}

TEST_P(BindingsTest, a_batch_writes_one_event_for_each_change) {
  const auto before = desk.count("events");
  ASSERT_EQ(bind({"berth/base", "berth/tools"}, {"retail"}).status, 200);
  EXPECT_EQ(desk.count("events"), before + 2);
  const auto type = desk.database().read(
      [](db::Connection& tx) { return std::get<0>(*tx.one<std::string>("SELECT type FROM events ORDER BY id DESC")); });
  EXPECT_EQ(type, "dev.berth.binding.created");
}

}  // namespace
}  // namespace berth::tenancy::testing
