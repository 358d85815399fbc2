// The access rule (docs/access.md), a test for each of its sentences: people and spaces.

#include "access/tests/support/rule_fixture.h"

namespace berth::access::testing {
namespace {

class PublicTest : public RuleFixture {};

TEST_F(PublicTest, a_space_is_public_by_its_own_switch) {
  EXPECT_TRUE(pulls(as(newcomer), world.space("library", Publicity::kPublic)));
  EXPECT_FALSE(pulls(as(newcomer), world.space("secret")));
}

TEST_F(PublicTest, a_space_is_public_by_its_registrys_switch) {
  const auto harbor = world.registry("harbor-a", RegistryKind::kHarbor);
  const auto space = world.space_in(harbor, "base");
  EXPECT_FALSE(pulls(as(newcomer), space));
  world.the(harbor).all_spaces_public = true;
  EXPECT_TRUE(pulls(as(newcomer), space));
}

TEST_F(PublicTest, nothing_in_a_workspaces_own_registry_is_public) {
  const auto own = world.registry("own", RegistryKind::kHarbor, retail);
  world.the(own).all_spaces_public = true;
  const auto space = world.space_in(own, "team", Publicity::kPublic);
  EXPECT_FALSE(pulls(as(newcomer), space));
  EXPECT_FALSE(pulls(anonymous(), space));
  EXPECT_TRUE(pulls(as(viewer), space));
}

TEST_F(PublicTest, publishing_and_closing_are_effective_at_once) {
  const auto space = world.space("library", Publicity::kPublic);
  ASSERT_TRUE(pulls(as(stranger), space));
  world.the(space).is_public = false;
  EXPECT_FALSE(pulls(as(stranger), space));
}

class VisibleTest : public RuleFixture {};

TEST_F(VisibleTest, a_binding_shows_the_space_to_its_workspace_alone) {
  const auto space = world.space("base");
  world.bind(space, retail, Access::kPull);
  EXPECT_TRUE(pulls(as(viewer), space));
  EXPECT_TRUE(sees(as(viewer), space));
  EXPECT_FALSE(pulls(as(stranger), space));
}

TEST_F(VisibleTest, unbinding_is_effective_at_once) {
  const auto space = world.space("base");
  world.bind(space, retail, Access::kPush);
  ASSERT_TRUE(pulls(as(viewer), space));
  world.unbind(space, retail);
  EXPECT_FALSE(pulls(as(viewer), space));
  EXPECT_FALSE(pushes(as(editor), space));
}

TEST_F(VisibleTest, a_workspaces_own_registry_is_there_for_it_alone) {
  const auto own = world.registry("own", RegistryKind::kHarbor, retail);
  const auto space = world.space_in(own, "team");
  EXPECT_TRUE(pulls(as(viewer), space));
  for (const auto id : {stranger, newcomer, root, auditor}) EXPECT_FALSE(pulls(as(id), space)) << id.value();
}

TEST_F(VisibleTest, nothing_said_about_another_workspace_counts_in_a_workspaces_own_registry) {
  const auto own = world.registry("own", RegistryKind::kHarbor, retail);
  const auto space = world.space_in(own, "team", Publicity::kPrivate, other);
  world.bind(space, other, Access::kPush);
  EXPECT_FALSE(pulls(as(stranger), space));
  EXPECT_FALSE(pushes(as(stranger), space));
  EXPECT_FALSE(manages(as(stranger), space));
  EXPECT_FALSE(deletes(as(stranger), space, other));
}

TEST_F(VisibleTest, a_group_lends_its_role_to_its_users) {
  const auto space = world.space("apps");
  world.bind(space, retail, Access::kPush);
  const auto group = world.group("developers", {newcomer});
  world.member(retail, group, Role::kEditor);
  EXPECT_TRUE(pulls(as(newcomer), space));
  EXPECT_TRUE(pushes(as(newcomer), space));
  EXPECT_FALSE(may(as(newcomer), Action::kManageWorkspace, retail));
}

TEST_F(VisibleTest, of_several_roles_the_highest_counts) {
  const auto group = world.group("leads", {viewer});
  world.member(retail, group, Role::kAdmin);
  EXPECT_TRUE(may(as(viewer), Action::kManageWorkspace, retail));
}

TEST_F(VisibleTest, a_disabled_user_may_nothing) {
  const auto space = world.space("library", Publicity::kPublic);
  world.the(root).disabled = true;
  world.the(viewer).disabled = true;
  EXPECT_FALSE(pulls(as(viewer), space));
  EXPECT_FALSE(may(as(viewer), Action::kSignedIn, PlatformTarget{}));
  EXPECT_FALSE(may(as(root), Action::kAdminister, PlatformTarget{}));
}

class PushTest : public RuleFixture {};

TEST_F(PushTest, takes_an_editor_and_a_binding_with_push) {
  const auto pull_only = world.space("base");
  const auto apps = world.space("apps");
  world.bind(pull_only, retail, Access::kPull);
  world.bind(apps, retail, Access::kPush);
  EXPECT_FALSE(pushes(as(viewer), apps));
  EXPECT_TRUE(pushes(as(editor), apps));
  EXPECT_TRUE(pushes(as(admin), apps));
  EXPECT_FALSE(pushes(as(admin), pull_only));
}

TEST_F(PushTest, role_and_binding_are_of_the_same_workspace) {
  const auto space = world.space("apps");
  world.bind(space, other, Access::kPush);
  world.member(other, editor, Role::kViewer);  // editor of retail, but only a viewer where the space is bound
  EXPECT_TRUE(pulls(as(editor), space));
  EXPECT_FALSE(pushes(as(editor), space));
}

TEST_F(PushTest, a_public_space_is_not_open_for_pushing) {
  EXPECT_FALSE(pushes(as(admin), world.space("library", Publicity::kPublic)));
}

TEST_F(PushTest, a_workspaces_own_registry_needs_no_binding) {
  const auto own = world.registry("own", RegistryKind::kHarbor, retail);
  const auto space = world.space_in(own, "team");
  EXPECT_TRUE(pushes(as(editor), space));
  EXPECT_FALSE(pushes(as(viewer), space));
  EXPECT_FALSE(pushes(as(root), space));
}

TEST_F(PushTest, only_its_home_pushes_to_a_repository_that_exists) {
  const auto space = world.space("apps");
  world.bind(space, retail, Access::kPush);
  world.bind(space, other, Access::kPush);
  EXPECT_TRUE(pushes(as(editor), space, retail));
  EXPECT_FALSE(pushes(as(editor), space, other));
  EXPECT_FALSE(pushes(as(editor), space, std::nullopt));
  EXPECT_TRUE(pushes(as(stranger), space, other));
}

TEST_F(PushTest, the_home_of_a_repository_that_does_not_exist_yet_does_not_count) {
  const auto space = world.space("apps");
  world.bind(space, retail, Access::kPush);
  const RepositoryTarget repository{.path = RepositoryPath::trusted("web"), .exists = false, .home = other};
  EXPECT_TRUE(may(as(editor), Action::kPush, SpaceTarget{space, repository}));
}

TEST_F(PushTest, nobody_pushes_to_a_pull_through_space) {
  const auto space = world.space("cache", Publicity::kPublic, retail);
  world.bind(space, retail, Access::kPush);
  world.the(space).pull_through = true;
  for (const auto id : {editor, admin, root}) EXPECT_FALSE(pushes(as(id), space)) << id.value();
  EXPECT_TRUE(manages(as(admin), space));
}

class HomeTest : public RuleFixture {
 protected:
  std::optional<WorkspaceId> home(const Subject& who, SpaceId space, std::optional<WorkspaceId> preferred = {}) {
    const auto snapshot = world.snapshot();
    return Decider(*snapshot, now).home_for_push(who, space, preferred);
  }
};

TEST_F(HomeTest, is_the_workspace_through_which_one_pushes) {
  const auto space = world.space("apps");
  world.bind(space, retail, Access::kPush);
  EXPECT_EQ(home(as(editor), space), retail);
  EXPECT_EQ(home(as(viewer), space), std::nullopt);
  EXPECT_EQ(home(as(stranger), space), std::nullopt);
}

TEST_F(HomeTest, of_several_is_the_preferred_one_then_the_owner_then_the_oldest) {
  const auto space = world.space("apps");
  world.bind(space, retail, Access::kPush);
  world.bind(space, other, Access::kPush);
  world.member(other, editor, Role::kEditor);
  EXPECT_EQ(home(as(editor), space), retail);
  EXPECT_EQ(home(as(editor), space, other), other);
  world.the(space).owner = other;
  EXPECT_EQ(home(as(editor), space), other);
}

TEST_F(HomeTest, a_push_as_platform_administrator_has_none) {
  const auto space = world.space("apps", Publicity::kPrivate, retail);
  world.bind(space, retail, Access::kPush);
  EXPECT_TRUE(pushes(as(root), space));
  EXPECT_EQ(home(as(root), space), std::nullopt);
}

TEST_F(HomeTest, nobody_has_one_in_a_pull_through_space) {
  const auto space = world.space("cache");
  world.bind(space, retail, Access::kPush);
  world.the(space).pull_through = true;
  EXPECT_EQ(home(as(editor), space), std::nullopt);
}

class ManageTest : public RuleFixture {};

TEST_F(ManageTest, is_for_administrators_of_the_owner) {
  const auto space = world.space("shop", Publicity::kPrivate, retail);
  EXPECT_TRUE(manages(as(admin), space));
  EXPECT_FALSE(manages(as(editor), space));
  EXPECT_FALSE(manages(as(stranger), space));
}

TEST_F(ManageTest, owning_does_not_make_visible) {
  const auto space = world.space("shop", Publicity::kPrivate, retail);
  EXPECT_FALSE(pulls(as(admin), space));
  EXPECT_FALSE(pushes(as(admin), space));
}

TEST_F(ManageTest, deleting_is_for_the_owners_and_the_homes_administrators) {
  const auto space = world.space("shop", Publicity::kPrivate, retail);
  EXPECT_TRUE(deletes(as(admin), space, other));
  EXPECT_TRUE(deletes(as(stranger), space, other));
  EXPECT_FALSE(deletes(as(stranger), space, retail));
  EXPECT_FALSE(deletes(as(stranger), space, std::nullopt));
  EXPECT_FALSE(deletes(as(editor), space, retail));
}

TEST_F(ManageTest, binding_and_claiming_are_the_platform_administrators) {
  const auto space = world.space("base", Publicity::kPrivate, retail);
  const auto own = world.space_in(world.registry("own", RegistryKind::kHarbor, retail), "team");
  const auto name = world.name_space("shop", "prod");
  EXPECT_TRUE(may(as(root), Action::kBind, BindTarget{space, other}));
  EXPECT_FALSE(may(as(admin), Action::kBind, BindTarget{space, other}));
  EXPECT_FALSE(may(as(auditor), Action::kBind, BindTarget{space, other}));
  EXPECT_FALSE(may(as(root), Action::kBind, BindTarget{own, other}));
  EXPECT_FALSE(may(as(root), Action::kBind, BindTarget{own, retail}));
  EXPECT_FALSE(may(as(root), Action::kBind, BindTarget{space, WorkspaceId(9'999)}));
  EXPECT_TRUE(may(as(root), Action::kClaim, ClaimTarget{name, retail}));
  EXPECT_FALSE(may(as(admin), Action::kClaim, ClaimTarget{name, retail}));
}

TEST_F(ManageTest, a_claimed_namespace_is_its_claimants_to_bind_and_release) {
  const auto name = world.name_space("shop", "prod", retail);
  world.the(name).workspace.reset();
  EXPECT_TRUE(may(as(admin), Action::kManageNamespace, name));
  EXPECT_TRUE(may(as(root), Action::kManageNamespace, name));
  EXPECT_FALSE(may(as(editor), Action::kManageNamespace, name));
  EXPECT_TRUE(may(as(viewer), Action::kSeeNamespace, name));
  EXPECT_FALSE(may(as(stranger), Action::kSeeNamespace, name));
}

class PlatformTest : public RuleFixture {};

TEST_F(PlatformTest, the_administrator_may_everything_in_the_platforms_registries) {
  const auto space = world.space("shop", Publicity::kPrivate, retail);
  EXPECT_TRUE(pulls(as(root), space) && sees(as(root), space) && pushes(as(root), space, other));
  EXPECT_TRUE(manages(as(root), space) && deletes(as(root), space, std::nullopt));
}

TEST_F(PlatformTest, of_a_workspaces_registry_the_platform_sees_that_it_exists) {
  const auto own = world.registry("own", RegistryKind::kHarbor, retail);
  const auto space = world.space_in(own, "team", Publicity::kPrivate, retail);
  for (const auto id : {root, auditor}) {
    EXPECT_TRUE(may(as(id), Action::kSeeRegistry, own));
    EXPECT_FALSE(may(as(id), Action::kManageRegistry, own));
    EXPECT_FALSE(sees(as(id), space) || pulls(as(id), space) || manages(as(id), space));
    EXPECT_FALSE(deletes(as(id), space, retail));
  }
  EXPECT_TRUE(may(as(admin), Action::kManageRegistry, own));
  EXPECT_FALSE(may(as(stranger), Action::kSeeRegistry, own));
}

TEST_F(PlatformTest, the_auditor_sees_what_the_administrator_sees_and_changes_nothing) {
  const auto space = world.space("shop", Publicity::kPrivate, retail);
  EXPECT_TRUE(sees(as(auditor), space) && pulls(as(auditor), space));
  EXPECT_TRUE(may(as(auditor), Action::kAudit, PlatformTarget{}));
  EXPECT_TRUE(may(as(auditor), Action::kSeeWorkspace, retail));
  EXPECT_FALSE(pushes(as(auditor), space) || manages(as(auditor), space) || deletes(as(auditor), space, retail));
  EXPECT_FALSE(may(as(auditor), Action::kEditWorkspace, retail));
  EXPECT_FALSE(may(as(auditor), Action::kAdminister, PlatformTarget{}));
}

TEST_F(PlatformTest, an_action_on_another_kind_of_thing_is_refused) {
  const auto space = world.space("library", Publicity::kPublic);
  EXPECT_FALSE(may(as(root), Action::kPull, retail));
  EXPECT_FALSE(may(as(root), Action::kAdminister, SpaceTarget{space, std::nullopt}));
  EXPECT_FALSE(may(as(root), Action::kSeeWorkspace, PlatformTarget{}));
}

TEST_F(PlatformTest, what_does_not_exist_is_refused_to_everybody) {
  EXPECT_FALSE(pulls(as(root), SpaceId(9'999)));
  EXPECT_FALSE(may(as(root), Action::kSeeWorkspace, WorkspaceId(9'999)));
  EXPECT_FALSE(may(as(root), Action::kSeeNamespace, NamespaceId(9'999)));
  EXPECT_FALSE(may(as(root), Action::kSeeRegistry, RegistryId(9'999)));
}

}  // namespace
}  // namespace berth::access::testing
