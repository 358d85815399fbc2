#include <barrier>
#include <thread>

#include "tenancy/tests/support/desk.h"

namespace berth::tenancy::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class NamespacesTest : public DeskTest {
 protected:
  void SetUp() override {
    desk.workspace("retail", "alice");
    desk.workspace("lab", "bob");
  }
  static std::string at(std::int64_t id, std::string_view rest = "") {
    return fmt::format("/api/v1/namespaces/{}{}", id, rest);
  }
  /// "retail/retail": claimed by / bound to.
  std::string standing(std::int64_t id) {
    const auto now = desk.snapshot();
    const auto* row = now->namespaces.find(NamespaceId(id));
    const auto name = [&](std::optional<WorkspaceId> workspace) { return workspace ? name_of(*now, *workspace) : "-"; };
    return row ? name(row->claimed_by) + "/" + name(row->workspace) : "gone";
  }
};
INSTANTIATE_TEST_SUITE_P(, NamespacesTest, db::testing::both(), db::testing::name);

/// From a standing, a step by somebody, what comes of it.
struct StepCase {
  std::string_view name;
  std::string_view before;  // claimed/bound
  std::string_view who;
  http::Method method;
  std::string_view target;
  std::string_view workspace;  // of the body
  int status;
  std::string_view after;
};
using enum http::Method;
constexpr StepCase kSteps[] = {
    {"root_claims_a_free_one", "-/-", "root", kPut, "/claim", "retail", 200, "retail/retail"},
    {"claiming_again_is_no_change", "retail/retail", "root", kPut, "/claim", "retail", 200, "retail/retail"},
    {"claiming_again_binds_a_released_one", "retail/-", "root", kPut, "/claim", "retail", 200, "retail/retail"},
    {"another_workspace_is_refused", "retail/retail", "root", kPut, "/claim", "lab", 409, "retail/retail"},
    {"also_when_it_was_released", "retail/-", "root", kPut, "/claim", "lab", 409, "retail/-"},
    {"an_unknown_workspace", "-/-", "root", kPut, "/claim", "ghost", 404, "-/-"},
    {"a_tenant_never_claims", "-/-", "alice", kPut, "/claim", "retail", 403, "-/-"},
    {"an_auditor_never_claims", "-/-", "otto", kPut, "/claim", "retail", 403, "-/-"},
    {"root_unclaims", "retail/retail", "root", kDelete, "/claim", "", 204, "-/-"},
    {"a_tenant_never_unclaims", "retail/retail", "alice", kDelete, "/claim", "", 403, "retail/retail"},
    {"its_admin_releases", "retail/retail", "alice", kDelete, "/binding", "", 204, "retail/-"},
    {"its_admin_binds", "retail/-", "alice", kPut, "/binding", "", 200, "retail/retail"},
    {"root_binds_what_is_claimed", "retail/-", "root", kPut, "/binding", "", 200, "retail/retail"},
    {"nobody_binds_what_is_not_claimed", "-/-", "root", kPut, "/binding", "", 409, "-/-"},
    {"another_admin_does_not_find_it", "retail/-", "bob", kPut, "/binding", "", 404, "retail/-"},
    {"nor_releases_it", "retail/retail", "bob", kDelete, "/binding", "", 404, "retail/retail"},
    {"a_free_one_is_nobodys_to_bind", "-/-", "alice", kPut, "/binding", "", 404, "-/-"},
};

TEST_P(NamespacesTest, claim_release_matrix) {
  for (const auto& step : kSteps) {
    SCOPED_TRACE(step.name);
    const auto id =
        desk.name_space(fmt::format("n{}", &step - kSteps), step.before.starts_with("retail") ? "retail" : "");
    if (step.before == "retail/-") ASSERT_EQ(desk.remove("root", at(id, "/binding")).status, 204);
    ASSERT_EQ(standing(id), step.before);
    json::value body = nullptr;
    if (!step.workspace.empty()) body = {{"workspace", step.workspace}};
    EXPECT_EQ(desk.ask(step.who, step.method, at(id, step.target), {.body = body}).status, step.status);
    EXPECT_EQ(standing(id), step.after);
  }
}

TEST_P(NamespacesTest, a_refused_claim_names_the_workspace_that_has_it) {
  const auto shop = desk.name_space("shop", "retail");
  const auto refused = desk.put("root", at(shop, "/claim"), {{"workspace", "lab"}});
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.text("detail"), HasSubstr("belongs to workspace retail"));
  EXPECT_THAT(refused.subjects(), ElementsAre("workspace retail"));
}

TEST_P(NamespacesTest, of_two_claims_at_once_one_wins_and_the_other_names_it) {
  for (int round = 0; round < 8; ++round) {
    const auto id = desk.name_space(fmt::format("race{}", round));
    std::barrier start(2);
    std::array<Answer, 2> answers;
    const std::array<std::string, 2> names{"retail", "lab"};
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < 2; ++i)
        threads.emplace_back([&, i] {
          start.arrive_and_wait();
          answers[i] = desk.put("root", at(id, "/claim"), {{"workspace", names[i]}});
        });
    }
    const std::size_t winner = answers[0].status == 200 ? 0 : 1;
    EXPECT_EQ(answers[winner].status, 200);
    EXPECT_EQ(answers[1 - winner].status, 409);
    EXPECT_THAT(answers[1 - winner].subjects(), ElementsAre("workspace " + names[winner]));
    EXPECT_EQ(standing(id), names[winner] + "/" + names[winner]);
    const auto now = desk.snapshot();
    std::int64_t holders = 0;
    now->workspaces.for_each([&](WorkspaceId, const access::Workspace& each) {
      holders += std::ranges::count(each.namespaces, NamespaceId(id));
    });
    EXPECT_EQ(holders, 1) << "a namespace is never in two workspaces";
  }
}

TEST_P(NamespacesTest, the_workspaces_know_at_once_what_they_hold) {
  const auto shop = desk.name_space("shop", "retail");
  const auto held = [&](const char* name) {
    return desk.snapshot()->workspaces.find(*desk.snapshot()->workspace_by_name.find(name))->namespaces;
  };
  EXPECT_THAT(held("retail"), ElementsAre(NamespaceId(shop)));
  ASSERT_EQ(desk.remove("root", at(shop, "/claim")).status, 204);
  EXPECT_THAT(held("retail"), IsEmpty());
  ASSERT_EQ(desk.put("root", at(shop, "/claim"), {{"workspace", "lab"}}).status, 200);
  EXPECT_THAT(held("lab"), ElementsAre(NamespaceId(shop)));
  ASSERT_EQ(desk.remove("root", at(shop)).status, 204);
  EXPECT_THAT(held("lab"), IsEmpty());
  EXPECT_EQ(standing(shop), "gone");
}

TEST_P(NamespacesTest, is_known_by_name_and_uid_of_its_cluster) {
  desk.name_space("shop");
  const auto with = [&](json::object body) { return desk.post("root", "/api/v1/namespaces", std::move(body)); };
  EXPECT_EQ(with({{"cluster", "c1"}, {"name", "shop"}, {"uid", "other"}}).status, 409);
  EXPECT_EQ(with({{"cluster", "c1"}, {"name", "other"}, {"uid", "uid-shop"}}).status, 409);
  EXPECT_EQ(with({{"cluster", "c2"}, {"name", "shop"}, {"uid", "u"}}).status, 404);
  EXPECT_EQ(with({{"cluster", "c1"}, {"name", "x"}, {"uid", "u"}, {"workspace", "ghost"}}).status, 404);
  EXPECT_EQ(with({{"cluster", "c1"}, {"name", "Shop_1"}, {"uid", "a b"}, {"labels", 1}}).subjects().size(), 3U);
  EXPECT_EQ(desk.count("namespaces"), 1);
}

TEST_P(NamespacesTest, lists_show_each_what_is_theirs) {
  desk.name_space("stray");
  desk.name_space("shop", "retail");
  desk.name_space("bench", "lab");
  EXPECT_THAT(desk.get("root", "/api/v1/namespaces").items("name"), ElementsAre("bench", "shop", "stray"));
  EXPECT_THAT(desk.get("alice", "/api/v1/namespaces").items("name"), ElementsAre("shop"));
  EXPECT_THAT(desk.get("nobody", "/api/v1/namespaces").items("name"), IsEmpty());
  EXPECT_THAT(desk.get("alice", "/api/v1/workspaces/retail/namespaces").items("name"), ElementsAre("shop"));
  EXPECT_THAT(desk.get("root", "/api/v1/workspaces/lab/namespaces").items("name"), ElementsAre("bench"));
  EXPECT_EQ(desk.get("alice", "/api/v1/workspaces/lab/namespaces").status, 404);
}

TEST_P(NamespacesTest, ids_that_are_none_are_not_found) {
  for (const auto* id : {"0", "01", "-1", "x", "99999999999999999999", "4711"}) {
    EXPECT_EQ(desk.get("root", fmt::format("/api/v1/namespaces/{}", id)).status, 404) << id;
    EXPECT_EQ(desk.remove("root", fmt::format("/api/v1/namespaces/{}", id)).status, 404) << id;
    EXPECT_EQ(desk.put("root", fmt::format("/api/v1/namespaces/{}/claim", id), {{"workspace", "lab"}}).status, 404)
        << id;
  }
}

TEST_P(NamespacesTest, a_stale_version_is_refused) {
  const auto shop = desk.name_space("shop", "retail");
  ASSERT_EQ(desk.remove("root", at(shop, "/binding"), "\"1\"").status, 204);
  EXPECT_EQ(desk.remove("root", at(shop, "/claim"), "\"1\"").status, 412);
  EXPECT_EQ(desk.ask("root", kPut, at(shop, "/binding"), {.body = nullptr, .if_match = "\"1\""}).status, 412);
  EXPECT_EQ(desk.get("root", at(shop)).header("ETag"), "\"2\"");
}

TEST_P(NamespacesTest, each_step_is_in_the_log_of_its_workspace) {
  const auto shop = desk.name_space("shop", "retail");
  (void)desk.remove("alice", at(shop, "/binding"));
  (void)desk.put("alice", at(shop, "/binding"));
  (void)desk.remove("root", at(shop, "/claim"));
  (void)desk.put("root", at(shop, "/claim"), {{"workspace", "lab"}});
  (void)desk.remove("root", at(shop));
  const auto lines = desk.audit("namespace");
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_THAT(lines[1], HasSubstr("user:alice namespace.release c1/shop: "));
  EXPECT_THAT(lines[1], ::testing::MatchesRegex(".*\"workspace\":\"retail\".* -> .*\"workspace\":null.*"));
  EXPECT_THAT(lines[2], HasSubstr("user:alice namespace.bind "));
  EXPECT_THAT(lines[3], HasSubstr("user:root namespace.unclaim "));
  EXPECT_THAT(lines[4], HasSubstr("user:root namespace.claim "));
  EXPECT_THAT(desk.get("alice", "/api/v1/workspaces/retail/audit").items("action"),
              ElementsAre("namespace.unclaim", "namespace.bind", "namespace.release", "namespace.create",
                          "member.create", "workspace.create"));
}

}  // namespace
}  // namespace berth::tenancy::testing
