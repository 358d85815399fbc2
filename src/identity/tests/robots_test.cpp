#include "identity/tests/support/world.h"

namespace berth::identity {
namespace {

using http::Method;
using testing::Answer;
using testing::basic;
using testing::bearer;
using testing::World;

const auto kRoot = basic("root", World::kPassword);
const auto kAlice = basic("alice", World::kPassword);
const auto kBob = basic("bob", World::kPassword);
constexpr std::string_view kPull = R"("grants":{"spaces":[{"space":"berth/shop","verbs":["pull"]}]})";

class RobotsTest : public testing::OnWorlds {
 protected:
  Answer make(std::string_view body = R"({"name":"ci"})", std::pair<std::string, std::string> who = kAlice) {
    return world.post("/api/v1/workspaces/retail/robots", std::string(body), std::move(who));
  }
  Answer make_mine(std::string_view body, std::pair<std::string, std::string> who = kAlice) {
    return world.post("/api/v1/me/robots", std::string(body), std::move(who));
  }
  std::pair<std::string, std::string> token(std::string_view grants, std::string_view more = "",
                                            std::pair<std::string, std::string> who = kAlice) {
    const auto made =
        world.post("/api/v1/me/tokens", fmt::format(R"({{"name":"t{}","grants":{}{}}})", ++tokens, grants, more), who);
    EXPECT_EQ(made.status, 201) << made.text;
    return bearer(made.string("secret"));
  }
  std::string in(Duration time) { return to_rfc3339(world.clock.now() + time); }
  int tokens = 0;
};
INSTANTIATE_TEST_SUITE_P(, RobotsTest, db::testing::both(), db::testing::name);

TEST_P(RobotsTest, of_a_workspace_is_named_after_it_and_shows_its_secret_once) {
  const auto made = make(fmt::format(R"({{"name":"ci","description":"builds",{}}})", kPull));
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.string("login"), "robot+retail+ci");
  EXPECT_EQ(made.string("created_by"), "user:alice");
  EXPECT_EQ(json::serialize(made.body.at("grants")),
            R"({"api":"none","spaces":[{"space":"berth/shop","verbs":["pull"]}]})");
  const auto robot = basic(made.string("login"), made.string("secret"));
  EXPECT_EQ(world.probe(robot), 200);
  EXPECT_EQ(world.probe(robot, Method::kPost), 403);
  const auto shown = world.get(made.header("Location"), kAlice);
  EXPECT_EQ(shown.status, 200);
  EXPECT_FALSE(shown.body.as_object().contains("secret"));
  EXPECT_EQ(shown.header("ETag"), made.header("ETag"));
}

TEST_P(RobotsTest, of_a_user_is_named_after_the_login) {
  const auto made = make_mine(R"({"name":"laptop"})");
  EXPECT_EQ(made.string("login"), "robot+alice+laptop") << made.text;
  EXPECT_EQ(world.get("/api/v1/me/robots", kAlice).body.at("items").as_array().size(), 1U);
  EXPECT_EQ(world.get("/api/v1/me/robots", kBob).body.at("items").as_array().size(), 0U);
}

TEST_P(RobotsTest, what_cannot_be_is_refused) {
  ASSERT_EQ(make().status, 201);
  EXPECT_EQ(make().status, 409);
  EXPECT_EQ(make(R"({"name":"Ci"})").status, 400);
  EXPECT_EQ(make(R"({"name":"a+b"})").status, 400);
  EXPECT_EQ(make(R"({"name":"x","grants":{"spaces":[{"space":"berth/nowhere","verbs":["pull"]}]}})").status, 400);
  EXPECT_EQ(make(R"({"name":"x","grants":{"spaces":[{"verbs":["fly"]}]}})").status, 400);
  EXPECT_EQ(make(R"({"name":"x","grants":{"spaces":[{"verbs":[]}]}})").status, 400);
  EXPECT_EQ(make(R"({"name":"x","grants":{"everything":true}})").status, 400);
  EXPECT_EQ(make(fmt::format(R"({{"name":"x","expires_at":"{}"}})", in(Duration(0)))).status, 400);
  EXPECT_EQ(make(R"({"name":"x","temporary":true})").status, 400);
}

TEST_P(RobotsTest, a_space_that_the_asker_may_not_see_reads_like_one_that_is_not_there) {
  world.sql("DELETE FROM bindings");
  const auto hidden = make_mine(R"({"name":"x","grants":{"spaces":[{"space":"berth/shop","verbs":["pull"]}]}})");
  const auto absent = make_mine(R"({"name":"x","grants":{"spaces":[{"space":"berth/none","verbs":["pull"]}]}})");
  EXPECT_EQ(hidden.status, 400);
  EXPECT_EQ(hidden.string("detail"), absent.string("detail"));
}

TEST_P(RobotsTest, of_a_workspace_are_changed_by_its_admins_and_seen_by_its_members) {
  const auto made = make();
  const auto path = made.header("Location");
  EXPECT_EQ(make(R"({"name":"x"})", kBob).status, 403);
  EXPECT_EQ(world.get("/api/v1/workspaces/retail/robots", kBob).status, 200);
  EXPECT_EQ(world.get(path, kBob).status, 200);
  EXPECT_EQ(world.change(Method::kPatch, path, R"({"disabled":true})", kBob).status, 403);
  EXPECT_EQ(world.post(path + "/secret", "", kBob).status, 403);
  EXPECT_EQ(world.change(Method::kDelete, path, "", kBob).status, 403);
}

TEST_P(RobotsTest, an_id_counts_only_under_its_own_parent) {
  world.sql("INSERT INTO workspaces (name, created_at) VALUES ('finance', 1)");
  world.sql(
      fmt::format("INSERT INTO members (workspace_id, principal_kind, principal_id, role, created_at) "
                  "SELECT id, 'user', {}, 'admin', 1 FROM workspaces WHERE name = 'finance'",
                  world.bob.value()));
  const auto id = find_int(make().body, "id").value();
  for (const auto& path :
       {fmt::format("/api/v1/workspaces/finance/robots/{}", id), fmt::format("/api/v1/me/robots/{}", id)}) {
    EXPECT_EQ(world.get(path, kBob).status, 404) << path;
    EXPECT_EQ(world.change(Method::kPatch, path, R"({"disabled":true})", kBob).status, 404) << path;
    EXPECT_EQ(world.post(path + "/secret", "", kBob).status, 404) << path;
    EXPECT_EQ(world.change(Method::kDelete, path, "", kBob).status, 404) << path;
  }
  EXPECT_EQ(world.get("/api/v1/workspaces/retail/robots/0", kAlice).status, 404);
  EXPECT_EQ(world.get("/api/v1/workspaces/retail/robots/rubbish", kAlice).status, 404);
  EXPECT_EQ(world.get("/api/v1/workspaces/retail/robots/99999999999999999999", kAlice).status, 404);
}

TEST_P(RobotsTest, a_change_says_what_and_meets_the_version_that_was_seen) {
  const auto made = make();
  const auto path = made.header("Location");
  const auto changed = world.send(
      {.method = Method::kPatch,
       .target = path,
       .body = fmt::format(R"({{"description":"new",{},"expires_at":"{}"}})", kPull, in(std::chrono::hours(1))),
       .headers = {kAlice, {"If-Match", made.header("ETag")}}});
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.string("description"), "new");
  EXPECT_EQ(changed.string("expires_at"), in(std::chrono::hours(1)));
  EXPECT_EQ(world.probe(basic(made.string("login"), made.string("secret"))), 200);
  EXPECT_EQ(world
                .send({.method = Method::kPatch,
                       .target = path,
                       .body = R"({"description":"newer"})",
                       .headers = {kAlice, {"If-Match", made.header("ETag")}}})
                .status,
            412);
  const auto forever = world.change(Method::kPatch, path, R"({"expires_at":"never"})", kAlice);
  EXPECT_TRUE(forever.body.at("expires_at").is_null()) << forever.text;
  EXPECT_EQ(world.audited("robot.update"), 2U);
}

TEST_P(RobotsTest, a_temporary_one_goes_after_its_time) {
  const auto made = make_mine(
      fmt::format(R"({{"name":"push-1","temporary":true,"expires_at":"{}",{}}})", in(std::chrono::minutes(10)), kPull));
  ASSERT_EQ(made.status, 201) << made.text;
  const auto kept = make_mine(fmt::format(R"({{"name":"kept","expires_at":"{}"}})", in(std::chrono::minutes(10))));
  ASSERT_EQ(kept.status, 201);
  EXPECT_EQ(world.change(Method::kPatch, made.header("Location"), R"({"expires_at":"never"})", kAlice).status, 409);
  world.identity.sweep();
  EXPECT_EQ(world.probe(basic(made.string("login"), made.string("secret"))), 200);
  world.clock.advance(std::chrono::minutes(10));
  EXPECT_EQ(world.probe(basic(made.string("login"), made.string("secret"))), 401) << "before anybody swept";
  world.identity.sweep();
  EXPECT_EQ(world.get(made.header("Location"), kAlice).status, 404);
  EXPECT_EQ(world.get(kept.header("Location"), kAlice).status, 200) << "only temporary ones are removed";
  EXPECT_EQ(world.snapshots.current()->robots.size(), 1U);
}

TEST_P(RobotsTest, are_listed_in_pages) {
  for (int i = 0; i < 5; ++i) ASSERT_EQ(make(fmt::format(R"({{"name":"r{}"}})", i)).status, 201);
  std::string target = "/api/v1/workspaces/retail/robots?limit=2";
  std::vector<std::string> logins;
  while (!target.empty()) {
    const auto page = world.get(target, kAlice);
    for (const auto& item : page.body.at("items").as_array()) logins.emplace_back(find_string(item, "login").value());
    const auto link = page.header("Link");
    target = link.empty() ? "" : link.substr(1, link.find('>') - 1);
  }
  EXPECT_THAT(logins, ::testing::ElementsAre("robot+retail+r0", "robot+retail+r1", "robot+retail+r2", "robot+retail+r3",
                                             "robot+retail+r4"));
}

// Nobody mints more than they hold.

TEST_P(RobotsTest, a_token_without_the_api_grant_reaches_nothing_here) {
  const auto none = token(R"({"spaces":[{"verbs":["pull","push"]}]})");
  const auto reads = token(R"({"api":"read"})");
  EXPECT_EQ(make_mine(R"({"name":"x"})", none).status, 403);
  EXPECT_EQ(make_mine(R"({"name":"x"})", reads).status, 403);
  EXPECT_EQ(world.get("/api/v1/me/robots", none).status, 403);
  EXPECT_EQ(world.get("/api/v1/me/robots", reads).status, 200);
  EXPECT_EQ(world.post("/api/v1/me/tokens", R"({"name":"x"})", reads).status, 403);
  EXPECT_EQ(make(R"({"name":"x"})", reads).status, 403);
}

TEST_P(RobotsTest, a_token_makes_nothing_stronger_than_itself) {
  const auto writes = token(R"({"api":"write","spaces":[{"space":"berth/shop","verbs":["pull"]}]})");
  const auto stronger = {R"("grants":{"spaces":[{"space":"berth/shop","verbs":["pull","push"]}]})",
                         R"("grants":{"spaces":[{"verbs":["pull"]}]})",
                         R"("grants":{"spaces":[{"space":"berth/open","verbs":["pull"]}]})"};
  for (const auto* grants : stronger) {
    const auto body = fmt::format(R"({{"name":"x",{}}})", grants);
    EXPECT_EQ(make_mine(body, writes).status, 403) << grants;
    EXPECT_EQ(make(body, writes).status, 403) << grants;
    EXPECT_EQ(world.post("/api/v1/me/tokens", body, writes).status, 403) << grants;
  }
  const auto same = fmt::format(R"({{"name":"x",{}}})", kPull);
  EXPECT_EQ(make_mine(same, writes).status, 201);
  EXPECT_EQ(make(same, writes).status, 201);
  EXPECT_EQ(world.post("/api/v1/me/tokens", same, writes).status, 201);
}

TEST_P(RobotsTest, a_token_that_expires_makes_nothing_that_does_not) {
  const auto ends = fmt::format(R"(,"expires_at":"{}")", in(std::chrono::hours(1)));
  const auto writes = token(R"({"api":"write"})", ends);
  EXPECT_EQ(make_mine(R"({"name":"x"})", writes).status, 403);
  EXPECT_EQ(world.post("/api/v1/me/tokens", R"({"name":"x"})", writes).status, 403);
  EXPECT_EQ(make_mine(fmt::format(R"({{"name":"x"{}}})", ends), writes).status, 201);
}

TEST_P(RobotsTest, a_token_does_not_take_over_a_stronger_robot) {
  const auto strong = make_mine(R"({"name":"strong","grants":{"spaces":[{"verbs":["pull","push"]}]}})");
  const auto writes = token(R"({"api":"write","spaces":[{"space":"berth/shop","verbs":["pull"]}]})");
  EXPECT_EQ(world.post(strong.header("Location") + "/secret", "", writes).status, 403);
  EXPECT_EQ(world.change(Method::kPatch, strong.header("Location"), R"({"disabled":false})", writes).status, 403);
  const auto weak = make_mine(fmt::format(R"({{"name":"weak",{}}})", kPull));
  EXPECT_EQ(world
                .change(Method::kPatch, weak.header("Location"), R"({"grants":{"spaces":[{"verbs":["pull","push"]}]}})",
                        writes)
                .status,
            403);
  EXPECT_EQ(world.post(weak.header("Location") + "/secret", "", writes).status, 200);
}

TEST_P(RobotsTest, a_robot_has_nothing_of_its_own_and_makes_nothing_stronger) {
  const auto robot = make_mine(R"({"name":"writer","grants":{"api":"write"}})");
  const auto by = basic(robot.string("login"), robot.string("secret"));
  EXPECT_EQ(make_mine(R"({"name":"x"})", by).status, 403);
  EXPECT_EQ(world.post("/api/v1/me/tokens", R"({"name":"x"})", by).status, 403);
  EXPECT_EQ(make(fmt::format(R"({{"name":"x",{}}})", kPull), by).status, 403);
  const auto of_workspace = make(R"({"name":"writer","grants":{"api":"write"}})");
  EXPECT_EQ(make(R"({"name":"y"})", basic(of_workspace.string("login"), of_workspace.string("secret"))).status, 403);
}

// Access tokens.

TEST_P(RobotsTest, access_tokens_are_listed_without_secrets_and_are_each_users_own) {
  const auto made = world.post("/api/v1/me/tokens", fmt::format(R"({{"name":"laptop",{}}})", kPull), kAlice);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_THAT(made.string("secret"), ::testing::StartsWith("berth_pat_"));
  const auto listed = world.get("/api/v1/me/tokens", kAlice);
  EXPECT_EQ(listed.body.at("items").as_array().size(), 1U);
  EXPECT_THAT(listed.text, ::testing::Not(::testing::HasSubstr("berth_pat_")));
  EXPECT_EQ(world.get("/api/v1/me/tokens", kBob).body.at("items").as_array().size(), 0U);
  EXPECT_EQ(world.change(Method::kDelete, made.header("Location"), "", kBob).status, 404);
  EXPECT_EQ(world.post("/api/v1/me/tokens", R"({"name":"laptop"})", kAlice).status, 409);
  EXPECT_EQ(world.post("/api/v1/me/tokens", R"({"name":""})", kAlice).status, 400);
  EXPECT_EQ(world.change(Method::kDelete, made.header("Location"), "", kAlice).status, 204);
  EXPECT_EQ(world.audited("access_token.create") + world.audited("access_token.delete"), 2U);
}

}  // namespace
}  // namespace berth::identity
