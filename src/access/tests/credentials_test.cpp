// The access rule (docs/access.md), a test for each of its sentences: robots, tokens, pull credentials, nobody.

#include "access/tests/support/rule_fixture.h"

namespace berth::access::testing {
namespace {

Grants verbs_on(SpaceId space, Verbs verbs, std::optional<std::string> repository = std::nullopt) {
  SpaceGrant grant{.space = space, .repository = {}, .verbs = verbs};
  if (repository) grant.repository = RepositoryPath::trusted(*repository);
  return {.spaces = {grant}, .api = ApiGrant::kNone};
}
Grants api_only(ApiGrant api) {
  return {.spaces = {}, .api = api};
}

class NamespaceTest : public RuleFixture {};

TEST_F(NamespaceTest, pulls_what_its_workspace_sees) {
  const auto space = world.space("base");
  const auto name = world.name_space("shop", "prod", retail);
  const auto credential = world.credential(name);
  EXPECT_FALSE(pulls(as(name, credential), space));
  world.bind(space, retail, Access::kPull);
  EXPECT_TRUE(pulls(as(name, credential), space));
  world.the(name).workspace.reset();
  EXPECT_FALSE(pulls(as(name, credential), space));
}

TEST_F(NamespaceTest, without_a_workspace_pulls_public_spaces) {
  const auto name = world.name_space("shop", "new");
  const auto credential = world.credential(name);
  EXPECT_TRUE(pulls(as(name, credential), world.space("library", Publicity::kPublic)));
  EXPECT_FALSE(pulls(as(name, credential), world.space("secret")));
}

TEST_F(NamespaceTest, only_pulls) {
  const auto space = world.space("apps", Publicity::kPublic);
  world.bind(space, retail, Access::kPush);
  const auto name = world.name_space("shop", "prod", retail);
  const auto who = as(name, world.credential(name));
  ASSERT_TRUE(pulls(who, space));
  EXPECT_FALSE(pushes(who, space) || sees(who, space) || manages(who, space) || deletes(who, space, retail));
  EXPECT_FALSE(may(who, Action::kSignedIn, PlatformTarget{}));
  EXPECT_FALSE(may(who, Action::kSeeNamespace, name));
  EXPECT_FALSE(may(who, Action::kSeeRegistry, world.embedded));
}

TEST_F(NamespaceTest, a_credential_that_is_gone_expired_or_anothers_may_nothing) {
  const auto space = world.space("library", Publicity::kPublic);
  const auto name = world.name_space("shop", "prod", retail);
  const auto expired = world.credential(name, now);
  const auto valid = world.credential(name, now + Duration(1));
  const auto anothers = world.credential(world.name_space("shop", "test", retail));
  EXPECT_TRUE(pulls(as(name, valid), space));
  EXPECT_FALSE(pulls(as(name, expired), space));
  EXPECT_FALSE(pulls(as(name, anothers), space));
  world.the(name).credentials.clear();
  EXPECT_FALSE(pulls(as(name, valid), space));
}

class AnonymousTest : public RuleFixture {};

TEST_F(AnonymousTest, pulls_public_spaces_of_the_embedded_registry_while_that_is_on) {
  const auto here = world.space("library", Publicity::kPublic);
  const auto elsewhere =
      world.space_in(world.registry("harbor-a", RegistryKind::kHarbor), "library", Publicity::kPublic);
  EXPECT_TRUE(pulls(anonymous(), here));
  EXPECT_FALSE(pulls(anonymous(), elsewhere));
  EXPECT_FALSE(pulls(anonymous(), world.space("secret")));
  world.anonymous_pull = false;
  EXPECT_FALSE(pulls(anonymous(), here));
}

TEST_F(AnonymousTest, has_no_part_in_the_api) {
  const auto space = world.space("library", Publicity::kPublic);
  EXPECT_FALSE(sees(anonymous(), space) || pushes(anonymous(), space) || manages(anonymous(), space));
  EXPECT_FALSE(may(anonymous(), Action::kSignedIn, PlatformTarget{}));
  EXPECT_FALSE(may(anonymous(), Action::kSeeRegistry, world.embedded));
}

class AccessTokenTest : public RuleFixture {};

TEST_F(AccessTokenTest, is_its_grants_and_its_user) {
  const auto apps = world.space("apps");
  const auto base = world.space("base");
  world.bind(apps, retail, Access::kPush);
  world.bind(base, retail, Access::kPush);
  const auto pull_apps = as(editor, world.token(editor, verbs_on(apps, {.pull = true})));
  EXPECT_TRUE(pulls(pull_apps, apps));
  EXPECT_FALSE(pushes(pull_apps, apps));
  EXPECT_FALSE(pulls(pull_apps, base));
  world.unbind(apps, retail);
  EXPECT_FALSE(pulls(pull_apps, apps));
}

TEST_F(AccessTokenTest, of_another_user_revoked_or_expired_may_nothing) {
  const auto space = world.space("library", Publicity::kPublic);
  EXPECT_FALSE(pulls(as(viewer, world.token(editor, all_grants())), space));
  EXPECT_FALSE(pulls(as(viewer, AccessTokenId(9'999)), space));
  EXPECT_FALSE(pulls(as(viewer, world.token(viewer, all_grants(), now)), space));
  EXPECT_TRUE(pulls(as(viewer, world.token(viewer, all_grants(), now + Duration(1))), space));
}

TEST_F(AccessTokenTest, needs_a_verb_also_for_what_is_public) {
  const auto space = world.space("library", Publicity::kPublic);
  EXPECT_FALSE(pulls(as(viewer, world.token(viewer, api_only(ApiGrant::kWrite))), space));
}

TEST_F(AccessTokenTest, reads_and_changes_by_its_api_grant) {
  const auto space = world.space("shop", Publicity::kPublic, retail);
  const auto none = as(admin, world.token(admin, api_only(ApiGrant::kNone)));
  const auto read = as(admin, world.token(admin, api_only(ApiGrant::kRead)));
  const auto write = as(admin, world.token(admin, api_only(ApiGrant::kWrite)));
  const std::pair<Action, Target> reads[] = {{Action::kSee, SpaceTarget{space, std::nullopt}},
                                             {Action::kSeeWorkspace, retail},
                                             {Action::kSeeRegistry, world.embedded},
                                             {Action::kSignedIn, PlatformTarget{}}};
  const std::pair<Action, Target> changes[] = {{Action::kManage, SpaceTarget{space, std::nullopt}},
                                               {Action::kEditWorkspace, retail},
                                               {Action::kManageWorkspace, retail},
                                               {Action::kChangeOwn, PlatformTarget{}}};
  for (const auto& [action, target] : reads) {
    EXPECT_FALSE(may(none, action, target)) << static_cast<int>(action);
    EXPECT_TRUE(may(read, action, target) && may(write, action, target)) << static_cast<int>(action);
  }
  for (const auto& [action, target] : changes) {
    EXPECT_FALSE(may(none, action, target) || may(read, action, target)) << static_cast<int>(action);
    EXPECT_TRUE(may(write, action, target)) << static_cast<int>(action);
  }
}

TEST_F(AccessTokenTest, an_administrators_token_administers_with_write_and_audits_with_read) {
  const auto read = as(root, world.token(root, api_only(ApiGrant::kRead)));
  EXPECT_TRUE(may(read, Action::kAudit, PlatformTarget{}));
  EXPECT_FALSE(may(read, Action::kAdminister, PlatformTarget{}));
  EXPECT_FALSE(may(read, Action::kBind, BindTarget{world.space("base"), retail}));
}

class RobotTest : public RuleFixture {};

TEST_F(RobotTest, of_a_workspace_is_an_editor_there) {
  const auto space = world.space("apps", Publicity::kPrivate, retail);
  world.bind(space, retail, Access::kPush);
  const auto robot = as(world.robot("robot+retail+ci", retail, all_grants()));
  EXPECT_TRUE(pulls(robot, space) && pushes(robot, space) && pushes(robot, space, retail) && sees(robot, space));
  EXPECT_FALSE(pushes(robot, space, other) || manages(robot, space) || deletes(robot, space, retail));
  EXPECT_TRUE(may(robot, Action::kEditWorkspace, retail));
  EXPECT_FALSE(may(robot, Action::kManageWorkspace, retail) || may(robot, Action::kSeeWorkspace, other));
}

TEST_F(RobotTest, of_a_user_is_the_user_as_of_now) {
  const auto space = world.space("apps");
  world.bind(space, retail, Access::kPush);
  const auto robot = as(world.robot("robot+edgar", editor, all_grants()));
  EXPECT_TRUE(pushes(robot, space));
  world.the(editor).disabled = true;
  EXPECT_FALSE(pushes(robot, space));
}

TEST_F(RobotTest, has_no_more_than_its_grants) {
  const auto space = world.space("apps");
  world.bind(space, retail, Access::kPush);
  const auto robot = as(world.robot("robot+retail+web", retail, verbs_on(space, {.pull = true, .push = true}, "web")));
  EXPECT_TRUE(pushes(robot, space, retail));
  EXPECT_FALSE(may(robot, Action::kPush, SpaceTarget{space, existing(retail, "api")}));
  // About the space as a whole: a grant on one repository is not enough.
  EXPECT_FALSE(pulls(robot, space));
  EXPECT_FALSE(sees(robot, space));
}

TEST_F(RobotTest, disabled_expired_or_gone_may_nothing) {
  const auto space = world.space("library", Publicity::kPublic);
  const auto robot = world.robot("robot+retail+ci", retail, all_grants(), now + Duration(1));
  EXPECT_TRUE(pulls(as(robot), space));
  world.the(robot).expires_at = now;
  EXPECT_FALSE(pulls(as(robot), space));
  world.the(robot).expires_at.reset();
  world.the(robot).disabled = true;
  EXPECT_FALSE(pulls(as(robot), space));
  EXPECT_FALSE(pulls(as(RobotId(9'999)), space));
}

class RegistryTokenTest : public RuleFixture {
 protected:
  static Subject scoped(Subject who, std::string space, std::string path, Verbs verbs) {
    who.scope.emplace().repositories = {
        {.repository = {SpaceName::trusted(std::move(space)), RepositoryPath::trusted(std::move(path))},
         .verbs = verbs}};
    return who;
  }
};

TEST_F(RegistryTokenTest, is_what_it_was_issued_for_and_the_decision_now) {
  const auto space = world.space("apps");
  world.bind(space, retail, Access::kPush);
  const auto who = scoped(as(editor), "apps", "web", {.pull = true});
  const SpaceTarget web{space, existing(retail)};
  EXPECT_TRUE(may(who, Action::kPull, web));
  EXPECT_FALSE(may(who, Action::kPush, web));
  EXPECT_FALSE(may(who, Action::kPull, SpaceTarget{space, existing(retail, "api")}));
  world.unbind(space, retail);
  EXPECT_FALSE(may(who, Action::kPull, web));
}

TEST_F(RegistryTokenTest, is_never_good_for_the_api) {
  const auto space = world.space("apps", Publicity::kPublic);
  const auto who = scoped(as(root), "apps", "web", {.pull = true, .push = true, .remove = true});
  ASSERT_TRUE(may(who, Action::kDelete, SpaceTarget{space, existing(retail)}));
  EXPECT_FALSE(may(who, Action::kSee, SpaceTarget{space, existing(retail)}));
  EXPECT_FALSE(may(who, Action::kManage, SpaceTarget{space, std::nullopt}));
  EXPECT_FALSE(may(who, Action::kSignedIn, PlatformTarget{}));
  EXPECT_FALSE(may(who, Action::kSeeWorkspace, retail));
}

TEST_F(RegistryTokenTest, speaks_of_the_embedded_registry_alone) {
  const auto harbor = world.registry("harbor-a", RegistryKind::kHarbor);
  const auto namesake = world.space_in(harbor, "apps", Publicity::kPublic);
  const auto who = scoped(as(root), "apps", "web", {.pull = true});
  EXPECT_FALSE(may(who, Action::kPull, SpaceTarget{namesake, existing(retail)}));
}

TEST_F(RegistryTokenTest, without_scope_is_good_for_nothing) {
  auto who = as(root);
  who.scope.emplace();
  EXPECT_FALSE(may(who, Action::kPull, SpaceTarget{world.space("library", Publicity::kPublic), existing(retail)}));
}

TEST_F(RegistryTokenTest, of_nobody_pulls_what_nobody_pulls) {
  const auto space = world.space("library", Publicity::kPublic);
  const auto who = scoped(anonymous(), "library", "web", {.pull = true});
  EXPECT_TRUE(may(who, Action::kPull, SpaceTarget{space, existing(std::nullopt)}));
  world.anonymous_pull = false;
  EXPECT_FALSE(may(who, Action::kPull, SpaceTarget{space, existing(std::nullopt)}));
}

}  // namespace
}  // namespace berth::access::testing
