#include "http/guard.h"

#include "http/tests/support/town.h"

namespace berth::http {
namespace {

using access::Action;
using access::testing::anonymous;
using access::testing::as;
using test::scoped;
using test::town;
using Parameters = PathParameters;

/// shop/web belongs to retail, library/base to nobody; all else is new.
access::RepositoryTarget look_up(SpaceId space, const RepositoryPath& path) {
  access::RepositoryTarget target{.path = path, .exists = false, .home = {}};
  if (space == town().shop && path.text() == "web") {
    target.exists = true;
    target.home = town().retail;
  }
  if (space == town().shop && path.text() == "legacy") target.exists = true;
  return target;
}

Call make_call(access::Subject subject, Parameters parameters) {
  static const auto snapshot = town().world.snapshot();
  Call call{};
  call.path = std::move(parameters);
  call.subject = std::move(subject);
  call.snapshot = snapshot;
  call.now = ManualClock().now();
  return call;
}

std::string verdict(const std::optional<Guard::Refusal>& refusal) {
  if (!refusal) return "allowed";
  return fmt::format("{}{}", name_of(refusal->error.fault), refusal->insufficient_scope ? ", scope" : "");
}

struct Case {
  std::string_view name;
  access::Subject subject;
  Permission permission;
  Parameters parameters;
  std::string_view expected;
};

class Rest : public testing::TestWithParam<Case> {};

TEST_P(Rest, asks_the_access_rule) {
  const Guard guard(look_up);
  const auto& [name, subject, permission, parameters, expected] = GetParam();
  EXPECT_EQ(verdict(guard.check(permission, Surface::kApi, make_call(subject, parameters))), expected);
}

const Parameters kRetail{{"workspace", "retail"}};
const Parameters kBank{{"workspace", "bank"}};
const Parameters kProd{{"namespace", std::to_string(town().prod.value())}};
const Parameters kShop{{"registry", "berth"}, {"space", "shop"}};
const Parameters kSecret{{"registry", "berth"}, {"space", "secret"}};
const Parameters kWeb{{"registry", "berth"}, {"space", "shop"}, {"repository", "web"}};

access::Subject alice() {
  return as(town().alice);
}
access::Subject eve() {
  return as(town().eve);
}
access::Subject vic() {
  return as(town().vic);
}
access::Subject bob() {
  return as(town().bob);
}
access::Subject admin() {
  return as(town().admin);
}
access::Subject auditor() {
  return as(town().auditor);
}

access::Subject gone() {
  return as(town().gone);
}
access::Subject ci() {
  return as(town().ci);
}
access::Subject prod() {
  return as(town().prod, town().credential);
}

const auto kSeeWorkspace = Permission::workspace(Action::kSeeWorkspace);
const auto kManageWorkspace = Permission::workspace(Action::kManageWorkspace);
const auto kManageNamespace = Permission::name_space(Action::kManageNamespace);

std::string case_name(const testing::TestParamInfo<Case>& info) {
  return std::string(info.param.name);
}

INSTANTIATE_TEST_SUITE_P(
    Platform, Rest,
    testing::Values(Case{"open_asks_nothing", anonymous(), Permission::open(), {}, "allowed"},
                    Case{"never_anonymous", anonymous(), Permission::signed_in(), {}, "unauthenticated"},
                    Case{"anonymous_learns_nothing_of_workspaces", anonymous(), kSeeWorkspace, kRetail,
                         "unauthenticated"},
                    Case{"a_registry_token_is_no_login",
                         scoped(alice(), "shop/web", {true, true, true}),
                         Permission::signed_in(),
                         {},
                         "unauthenticated"},
                    Case{"signed_in", vic(), Permission::signed_in(), {}, "allowed"},
                    Case{"tenant_is_no_administrator", alice(), Permission::administer(), {}, "denied"},
                    Case{"administrator", admin(), Permission::administer(), {}, "allowed"},
                    Case{"auditor_audits", auditor(), Permission::audit(), {}, "allowed"},
                    Case{"auditor_changes_nothing", auditor(), Permission::administer(), {}, "denied"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Workspace, Rest,
    testing::Values(
        Case{"member_sees", vic(), kSeeWorkspace, kRetail, "allowed"},
        Case{"viewer_may_not_manage_what_they_see", vic(), kManageWorkspace, kRetail, "denied"},
        Case{"admin_manages", alice(), kManageWorkspace, kRetail, "allowed"},
        Case{"foreign_is_not_found", alice(), kSeeWorkspace, kBank, "not_found"},
        Case{"foreign_management_is_not_found", alice(), kManageWorkspace, kBank, "not_found"},
        Case{"unknown_is_not_found", alice(), kSeeWorkspace, {{"workspace", "nowhere"}}, "not_found"},
        Case{"unknown_for_the_administrator", admin(), kSeeWorkspace, {{"workspace", "nowhere"}}, "not_found"},
        Case{"no_name_at_all", alice(), kSeeWorkspace, {{"workspace", "../retail"}}, "not_found"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Namespace, Rest,
    testing::Values(
        Case{"claimant_manages", alice(), kManageNamespace, kProd, "allowed"},
        Case{"member_sees_but_may_not", vic(), kManageNamespace, kProd, "denied"},
        Case{"foreign", bob(), kManageNamespace, kProd, "not_found"},
        Case{"unknown", alice(), kManageNamespace, {{"namespace", "999"}}, "not_found"},
        Case{"leading_zero", alice(), kManageNamespace, {{"namespace", "0" + *kProd.find("namespace")}}, "not_found"},
        Case{"plus_sign", alice(), kManageNamespace, {{"namespace", "+" + *kProd.find("namespace")}}, "not_found"},
        Case{"blank", alice(), kManageNamespace, {{"namespace", *kProd.find("namespace") + " "}}, "not_found"},
        Case{"too_large", alice(), kManageNamespace, {{"namespace", "99999999999999999999"}}, "not_found"},
        Case{"negative", alice(), kManageNamespace, {{"namespace", "-" + *kProd.find("namespace")}}, "not_found"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    SpacesAndRepositories, Rest,
    testing::Values(
        Case{"registry_is_seen", vic(), Permission::registry(Action::kSeeRegistry), {{"registry", "berth"}}, "allowed"},
        Case{"registry_is_not_theirs",
             vic(),
             Permission::registry(Action::kManageRegistry),
             {{"registry", "berth"}},
             "denied"},
        Case{"space_is_seen", vic(), Permission::space(Action::kSee), kShop, "allowed"},
        Case{"owner_manages", alice(), Permission::space(Action::kManage), kShop, "allowed"},
        Case{"member_does_not_manage", eve(), Permission::space(Action::kManage), kShop, "denied"},
        Case{"foreign_space", alice(), Permission::space(Action::kSee), kSecret, "not_found"},
        Case{"foreign_space_to_manage", alice(), Permission::space(Action::kManage), kSecret, "not_found"},
        Case{"space_under_the_wrong_registry",
             alice(),
             Permission::space(Action::kSee),
             {{"registry", "elsewhere"}, {"space", "shop"}},
             "not_found"},
        Case{"repository_is_seen", vic(), Permission::repository(Action::kSee), kWeb, "allowed"},
        Case{"home_admin_deletes", alice(), Permission::repository(Action::kDelete), kWeb, "allowed"},
        Case{"editor_does_not_delete", eve(), Permission::repository(Action::kDelete), kWeb, "denied"},
        Case{"robot_without_api_grant_is_not_for_rest", ci(), Permission::repository(Action::kPush), kWeb, "not_found"},
        Case{"namespaces_do_not_use_rest", prod(), Permission::repository(Action::kPull), kWeb, "not_found"},
        Case{"foreign_repository", bob(), Permission::repository(Action::kSee), kWeb, "not_found"}),
    case_name);

struct Told {
  std::string_view name;
  access::Subject subject;
  Permission permission;
  Parameters parameters;
  std::string_view detail;
};

class Denied : public testing::TestWithParam<Told> {};

TEST_P(Denied, says_what_is_true_of_the_asker) {
  const Guard guard(look_up);
  const auto& [name, subject, permission, parameters, detail] = GetParam();
  const auto refusal = guard.check(permission, Surface::kApi, make_call(subject, parameters));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->error.fault, Fault::kDenied);
  EXPECT_EQ(refusal->error.message, detail);
}

INSTANTIATE_TEST_SUITE_P(
    , Denied,
    testing::Values(Told{"tenant_at_the_platform",
                         alice(),
                         Permission::administer(),
                         {},
                         "only a platform administrator may do this"},
                    Told{"auditor_at_the_platform",
                         auditor(),
                         Permission::administer(),
                         {},
                         "only a platform administrator may do this"},
                    Told{"tenant_at_the_audit_log",
                         alice(),
                         Permission::audit(),
                         {},
                         "only a platform administrator or auditor may see this"},
                    Told{"robot_without_api_grant",
                         ci(),
                         Permission::signed_in(),
                         {},
                         "the grants of this credential do not include this"},
                    Told{"namespaces_credential", prod(), Permission::signed_in(), {}, "this is for users and robots"},
                    Told{"what_is_seen", vic(), kManageWorkspace, kRetail, "you may see this, but not do that to it"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Rest, hides_foreign_and_unknown_behind_one_sentence) {
  const Guard guard(look_up);
  const auto foreign = guard.check(kSeeWorkspace, Surface::kApi, make_call(alice(), kBank));
  const auto unknown = guard.check(kSeeWorkspace, Surface::kApi, make_call(alice(), {{"workspace", "nowhere"}}));
  ASSERT_TRUE(foreign && unknown);
  EXPECT_EQ(foreign->error.message, unknown->error.message);
  EXPECT_EQ(foreign->error.subjects, unknown->error.subjects);
}

class Registry : public testing::TestWithParam<Case> {};

TEST_P(Registry, asks_the_access_rule) {
  const Guard guard(look_up);
  const auto& [name, subject, permission, parameters, expected] = GetParam();
  EXPECT_EQ(verdict(guard.check(permission, Surface::kRegistry, make_call(subject, parameters))), expected);
}

Parameters named(std::string_view name) {
  return {{"name", std::string(name)}};
}

const auto kPing = Permission::signed_in();
const auto kPull = Permission::repository(Action::kPull);
const auto kPush = Permission::repository(Action::kPush);
const auto kDelete = Permission::repository(Action::kDelete);
constexpr access::Verbs kOnlyPull{.pull = true};
constexpr access::Verbs kPullPush{.pull = true, .push = true};

INSTANTIATE_TEST_SUITE_P(
    Ping, Registry,
    testing::Values(Case{"anonymous_is_challenged", anonymous(), kPing, {}, "unauthenticated"},
                    Case{"anonymous_token_will_do", scoped(anonymous(), ""), kPing, {}, "allowed"},
                    Case{"user", vic(), kPing, {}, "allowed"},
                    Case{"robot_without_api_grant", ci(), kPing, {}, "allowed"},
                    Case{"namespace_credential", prod(), kPing, {}, "allowed"},
                    Case{"token_with_an_empty_scope", scoped(vic(), ""), kPing, {}, "allowed"},
                    Case{"token_of_a_disabled_user", scoped(gone(), ""), kPing, {}, "unauthenticated"},
                    Case{"token_of_a_robot_that_is_gone", scoped(as(RobotId(999)), ""), kPing, {}, "unauthenticated"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Pull, Registry,
    testing::Values(Case{"anonymous_public", anonymous(), kPull, named("library/base"), "allowed"},
                    Case{"anonymous_private", anonymous(), kPull, named("shop/web"), "unauthenticated"},
                    Case{"anonymous_unknown", anonymous(), kPull, named("nowhere/web"), "unauthenticated"},
                    Case{"anonymous_token_private", scoped(anonymous(), ""), kPull, named("shop/web"),
                         "unauthenticated, scope"},
                    Case{"member", vic(), kPull, named("shop/web"), "allowed"},
                    Case{"namespace", prod(), kPull, named("shop/web"), "allowed"},
                    Case{"foreign", bob(), kPull, named("shop/web"), "name_unknown"},
                    Case{"unknown", bob(), kPull, named("nowhere/web"), "name_unknown"},
                    Case{"scope_covers", scoped(vic(), "shop/web", kOnlyPull), kPull, named("shop/web"), "allowed"},
                    Case{"scope_is_for_another_repository", scoped(vic(), "shop/web", kOnlyPull), kPull,
                         named("shop/api"), "unauthenticated, scope"},
                    Case{"scope_covers_but_the_decision_changed", scoped(bob(), "shop/web", kOnlyPull), kPull,
                         named("shop/web"), "name_unknown"},
                    Case{"disabled_since_the_token", scoped(gone(), "library/base", kOnlyPull), kPull,
                         named("library/base"), "unauthenticated"},
                    Case{"one_component", vic(), kPull, named("web"), "name_invalid"},
                    Case{"upper_case", vic(), kPull, named("shop/Web"), "name_invalid"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    PushAndDelete, Registry,
    testing::Values(Case{"editor_pushes", eve(), kPush, named("shop/web"), "allowed"},
                    Case{"editor_pushes_anew", eve(), kPush, named("shop/new"), "allowed"},
                    Case{"not_to_a_repository_without_a_home", eve(), kPush, named("shop/legacy"), "denied"},
                    Case{"viewer_sees_but_may_not_push", vic(), kPush, named("shop/web"), "denied"},
                    Case{"bound_with_pull_only", eve(), kPush, named("tools/x"), "denied"},
                    Case{"public_is_not_for_pushing", eve(), kPush, named("library/base"), "denied"},
                    Case{"foreign", bob(), kPush, named("shop/web"), "name_unknown"},
                    Case{"unknown", eve(), kPush, named("nowhere/web"), "name_unknown"},
                    Case{"anonymous_public", anonymous(), kPush, named("library/base"), "unauthenticated"},
                    Case{"anonymous_token_public", scoped(anonymous(), "library/base", kOnlyPull), kPush,
                         named("library/base"), "unauthenticated, scope"},
                    Case{"robot_pushes", ci(), kPush, named("shop/web"), "allowed"},
                    Case{"robot_has_no_delete", ci(), kDelete, named("shop/web"), "denied"},
                    Case{"namespace_only_pulls", prod(), kPush, named("shop/web"), "denied"},
                    Case{"scope_lacks_push", scoped(eve(), "shop/web", kOnlyPull), kPush, named("shop/web"),
                         "unauthenticated, scope"},
                    Case{"a_greater_scope_would_not_help", scoped(vic(), "shop/web", kOnlyPull), kPush,
                         named("shop/web"), "denied"},
                    Case{"scope_covers_push", scoped(eve(), "shop/web", kPullPush), kPush, named("shop/web"),
                         "allowed"},
                    Case{"scope_grants_nothing_by_itself", scoped(vic(), "shop/web", kPullPush), kPush,
                         named("shop/web"), "denied"},
                    Case{"home_admin_deletes", alice(), kDelete, named("shop/web"), "allowed"},
                    Case{"editor_does_not_delete", eve(), kDelete, named("shop/web"), "denied"},
                    Case{"foreign_delete", bob(), kDelete, named("shop/web"), "name_unknown"}),
    case_name);

TEST(Registry, looks_up_the_home_only_for_those_whom_it_may_stop) {
  int asked = 0;
  const Guard guard([&](SpaceId space, const RepositoryPath& path) {
    ++asked;
    return look_up(space, path);
  });
  const auto check = [&](const access::Subject& subject, const Permission& permission, std::string_view name) {
    asked = 0;
    [[maybe_unused]] const auto refusal = guard.check(permission, Surface::kRegistry, make_call(subject, named(name)));
    return asked;
  };
  EXPECT_EQ(check(eve(), kPush, "shop/web"), 1);
  EXPECT_EQ(check(eve(), kPull, "shop/web"), 0);
  EXPECT_EQ(check(bob(), kPush, "shop/web"), 0) << "the time of a look-up would tell that the space is there";
  EXPECT_EQ(check(anonymous(), kDelete, "library/base"), 0);
}

struct MountCase {
  std::string_view name;
  access::Subject subject;
  std::string_view from;
  std::string_view expected;
};

class Mount : public testing::TestWithParam<MountCase> {};

TEST_P(Mount, asks_for_a_wider_token_only_where_it_would_help) {
  auto call = make_call(GetParam().subject, named("shop/web"));
  call.request.method = Method::kPost;
  call.request.query = Query::parse(fmt::format("mount=sha256:0&from={}", GetParam().from)).value();
  EXPECT_EQ(verdict(Guard(look_up).check(kPush, Surface::kRegistry, call)), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    , Mount,
    testing::Values(MountCase{"source_beyond_the_scope", scoped(eve(), "shop/web", kPullPush), "shop/api",
                              "unauthenticated, scope"},
                    MountCase{"source_in_the_scope", scoped(eve(), "shop/web", kPullPush), "shop/web", "allowed"},
                    MountCase{"public_source", scoped(eve(), "shop/web", kPullPush), "library/base", "allowed"},
                    MountCase{"unknown_source", scoped(eve(), "shop/web", kPullPush), "nowhere/x", "allowed"},
                    MountCase{"no_scope_to_widen", eve(), "shop/api", "allowed"}),
    [](const auto& info) { return std::string(info.param.name); });

struct RouteCase {
  std::string_view name;
  std::string_view pattern;
  Permission permission;
  bool good;
};

class RouteChecks : public testing::TestWithParam<RouteCase> {};

TEST_P(RouteChecks, hold_permissions_against_patterns) {
  const auto& [name, pattern, permission, good] = GetParam();
  const Route route{.method = Method::kGet, .pattern = pattern, .permission = permission, .handler = Handler([](Call&) {
                                                                                            return Response::of(200);
                                                                                          })};
  if (good)
    EXPECT_NO_THROW(Guard::check_route(route));
  else
    EXPECT_THROW(Guard::check_route(route), std::logic_error);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RouteChecks,
    testing::Values(RouteCase{"workspace", "/api/v1/workspaces/{workspace}", kSeeWorkspace, true},
                    RouteCase{"workspace_by_another_name", "/api/v1/workspaces/{name}", kSeeWorkspace, false},
                    RouteCase{"space_without_its_registry", "/api/v1/spaces/{space}", Permission::space(Action::kSee),
                              false},
                    RouteCase{"repository_that_is_not_greedy", "/v2/{name}/tags/list", kPull, false},
                    RouteCase{"v2_repository", "/v2/{name+}/tags/list", kPull, true},
                    RouteCase{"rest_repository_by_the_v2_name", "/api/v1/{name+}", kPull, false},
                    RouteCase{"administration_on_v2", "/v2/admin", Permission::administer(), false},
                    RouteCase{"binding_is_about_pairs", "/api/v1/registries/{registry}/spaces/{space}",
                              Permission::space(Action::kBind), false}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace berth::http
