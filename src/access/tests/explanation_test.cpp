#include "access/tests/support/rule_fixture.h"

namespace berth::access::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> texts(const Explanation& explanation) {
  std::vector<std::string> all;
  for (const auto& step : explanation.steps) all.push_back(step.text);
  return all;
}

class ExplanationTest : public RuleFixture {
 protected:
  Explanation explain(const Subject& who, Action action, SpaceId space) {
    const auto snapshot = world.snapshot();
    return Decider(*snapshot, now).explain(who, action, SpaceTarget{space, std::nullopt});
  }
  std::vector<std::string> told_to(const Subject& reader, const Subject& who, SpaceId space) {
    const auto snapshot = world.snapshot();
    return texts(Decider(*snapshot, now).explain_to(reader, who, Action::kPull, SpaceTarget{space, std::nullopt}));
  }

  SpaceId base = world.space_in(world.registry("harbor-a", RegistryKind::kHarbor), "base");
  NamespaceId prod = world.name_space("shop", "prod", retail);
  Subject kubelet = as(prod, world.credential(prod));
};

TEST_F(ExplanationTest, leads_from_the_namespace_by_its_workspace_to_the_space) {
  EXPECT_THAT(
      texts(explain(kubelet, Action::kPull, base)),
      ElementsAre("namespace shop/prod pulls with its credential", "namespace shop/prod is bound to workspace retail",
                  "space harbor-a/base is private", "space harbor-a/base is not bound to workspace retail"));
}

TEST_F(ExplanationTest, says_what_holds_as_well) {
  world.bind(base, retail, Access::kPull);
  const auto explanation = explain(kubelet, Action::kPull, base);
  EXPECT_TRUE(explanation.allowed);
  EXPECT_EQ(explanation.steps.back().text, "space harbor-a/base is bound to workspace retail");
  EXPECT_TRUE(explanation.steps.back().holds);
}

TEST_F(ExplanationTest, names_the_home_that_stands_in_the_way) {
  world.bind(base, retail, Access::kPush);
  const auto snapshot = world.snapshot();
  const auto explanation =
      Decider(*snapshot, now).explain(as(editor), Action::kPush, SpaceTarget{base, existing(other)});
  EXPECT_THAT(texts(explanation), Contains("the home of repository harbor-a/base/web is not workspace retail"));
}

TEST_F(ExplanationTest, says_a_workspace_once_for_someone_who_is_in_it_twice) {
  world.member(retail, world.group("everybody", {viewer}), Role::kViewer);
  const auto all = texts(explain(as(viewer), Action::kPull, base));
  EXPECT_EQ(std::ranges::count(all, "space harbor-a/base is not bound to workspace retail"), 1);
}

TEST_F(ExplanationTest, for_a_tenant_keeps_what_names_nothing_hidden) {
  EXPECT_THAT(texts(for_tenant(explain(kubelet, Action::kPull, base))),
              ElementsAre("namespace shop/prod pulls with its credential",
                          "namespace shop/prod is bound to workspace retail", kNotAllotted));
}

TEST_F(ExplanationTest, for_a_tenant_is_whole_where_nothing_is_hidden) {
  world.bind(base, retail, Access::kPull);
  const auto pushing = explain(as(editor), Action::kPush, base);
  EXPECT_FALSE(pushing.allowed);
  EXPECT_EQ(texts(for_tenant(pushing)), texts(pushing));
}

TEST_F(ExplanationTest, of_a_missing_space_reads_as_of_a_hidden_one) {
  EXPECT_EQ(told_to(as(admin), kubelet, base), told_to(as(admin), kubelet, SpaceId(9'999)));
  EXPECT_EQ(texts(for_tenant(explain(kubelet, Action::kPull, base))),
            texts(for_tenant(explain(kubelet, Action::kPull, SpaceId(9'999)))));
}

TEST_F(ExplanationTest, is_whole_for_the_platform_administrator_and_the_auditor) {
  const auto whole = texts(explain(kubelet, Action::kPull, base));
  EXPECT_EQ(told_to(as(root), kubelet, base), whole);
  EXPECT_EQ(told_to(as(auditor), kubelet, base), whole);
}

TEST_F(ExplanationTest, does_not_tell_one_workspace_of_anothers_bindings) {
  world.bind(base, retail, Access::kPull);
  world.member(other, viewer, Role::kViewer);
  // Vera pulls by retail. Stan, who is in other alone, may see neither the space nor that she does.
  EXPECT_THAT(told_to(as(stranger), as(viewer), base), Not(Contains(HasSubstr("harbor-a"))));
  EXPECT_THAT(told_to(as(stranger), as(viewer), base), Not(Contains(HasSubstr("retail"))));
}

TEST_F(ExplanationTest, does_not_tell_the_platform_of_spaces_in_a_workspaces_registry) {
  const auto team = world.space_in(world.registry("own", RegistryKind::kHarbor, retail), "team");
  EXPECT_THAT(told_to(as(root), as(viewer), team), Not(Contains(HasSubstr("team"))));
  EXPECT_THAT(told_to(as(admin), as(viewer), team), Contains("space own/team lies in a registry of workspace retail"));
}

TEST_F(ExplanationTest, of_a_dead_credential_says_so) {
  world.the(viewer).disabled = true;
  EXPECT_THAT(texts(explain(as(viewer), Action::kPull, base)), ElementsAre("user vera is disabled"));
}

}  // namespace
}  // namespace berth::access::testing
