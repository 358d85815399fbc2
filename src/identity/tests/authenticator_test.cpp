#include "identity/tests/support/world.h"

#include "base/encoding.h"

namespace berth::identity {
namespace {

using http::Method;
using testing::Answer;
using testing::basic;
using testing::bearer;
using testing::World;

const auto kRoot = basic("root", World::kPassword);
const auto kAlice = basic("alice", World::kPassword);
const auto kNamespace = basic("ns+prod+web+1", "ns-secret");
constexpr std::string_view kEverything = R"("grants":{"api":"write","spaces":[{"verbs":["pull","push","delete"]}]})";

class AuthenticatorTest : public testing::OnWorlds {
 protected:
  Answer make_robot() {
    return world.post("/api/v1/workspaces/retail/robots", fmt::format(R"({{"name":"ci",{}}})", kEverything), kAlice);
  }
  Answer make_token(std::string_view more = "") {
    return world.post("/api/v1/me/tokens", fmt::format(R"({{"name":"t",{}{}}})", kEverything, more), kAlice);
  }
  /// The authenticator's own answer, before any permission is asked.
  bool known(std::pair<std::string, std::string> credentials) {
    http::Request request;
    request.host = "berth.test";
    request.headers.add(credentials.first, credentials.second);
    return world.identity.authenticator
        .authenticate(request, Surface::kRegistry, *world.snapshots.current(), world.clock.now())
        .has_value();
  }
  int api(std::pair<std::string, std::string> credentials) {
    return world.get("/api/v1/session", std::move(credentials)).status;
  }
  static std::pair<std::string, std::string> login_of(const Answer& robot) {
    return basic(robot.string("login"), robot.string("secret"));
  }
};
INSTANTIATE_TEST_SUITE_P(, AuthenticatorTest, db::testing::both(), db::testing::name);

TEST_P(AuthenticatorTest, takes_each_credential_where_it_belongs) {
  const auto token = make_token().string("secret");
  const auto robot = make_robot();
  struct Case {
    std::string_view name;
    std::pair<std::string, std::string> credentials;
    int registry;
    int api;
  };
  const Case cases[] = {
      {"nothing", {"X-Nothing", ""}, 401, 401},
      {"password", kAlice, 200, 200},
      {"wrong password", basic("alice", "wrong password"), 401, 401},
      {"unknown login", basic("nobody-here", "wrong password"), 401, 401},
      {"empty", basic("", ""), 401, 401},
      {"login with the wrong case", basic("Alice", World::kPassword), 401, 401},
      {"access token as bearer", bearer(token), 200, 200},
      {"access token as password", basic("alice", token), 200, 200},
      {"access token under any login", basic("whoever", token), 200, 200},
      {"access token cut short", bearer(token.substr(0, token.size() - 1)), 401, 401},
      {"robot", login_of(robot), 200, 200},
      {"robot with another's secret", basic(robot.string("login"), token.substr(5)), 401, 401},
      {"robot's secret as bearer", bearer(robot.string("secret")), 401, 401},
      {"unknown robot", basic("robot+retail+nobody", robot.string("secret")), 401, 401},
      {"namespace", kNamespace, 200, 403},
      {"namespace with a wrong secret", basic("ns+prod+web+1", "ns-secre"), 401, 401},
      {"registry token", bearer(world.registry_token(kAlice, "repository:shop/web:pull")), 200, 401},
      {"malformed basic", {"Authorization", "Basic !!!"}, 401, 401},
      {"another scheme", {"Authorization", "Negotiate abc"}, 401, 401},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(world.probe(each.credentials), each.registry) << each.name << " on /v2";
    EXPECT_EQ(api(each.credentials), each.api) << each.name << " on /api/v1";
  }
}

TEST_P(AuthenticatorTest, an_authorization_header_goes_before_the_cookie) {
  const auto opened = world.send({.method = Method::kPost,
                                  .target = "/api/v1/session",
                                  .body = R"({"login":"alice","password":"correct horse"})"});
  const auto cookie = opened.header("Set-Cookie").substr(0, opened.header("Set-Cookie").find(';'));
  const auto answer =
      world.send({.target = "/api/v1/session", .headers = {{"Cookie", cookie}, basic("bob", World::kPassword)}});
  EXPECT_EQ(answer.string("login"), "bob");
  EXPECT_EQ(answer.string("csrf_token"), "") << "not this session's";
}

TEST_P(AuthenticatorTest, a_machine_with_a_stale_secret_locks_nobody_out) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(world.probe(basic("ns+prod+web+1", "stale")), 401);
    ASSERT_EQ(world.probe(basic("robot+retail+gone", "stale")), 401);
    ASSERT_EQ(world.probe(bearer("berth_pat_stale")), 401);
  }
  EXPECT_EQ(world.probe(kAlice), 200);
}

TEST_P(AuthenticatorTest, basic_is_throttled_but_a_remembered_password_is_not) {
  ASSERT_EQ(world.probe(kAlice), 200);
  for (int i = 0; i < 6; ++i) ASSERT_EQ(world.probe(basic("alice", "wrong password")), 401);
  EXPECT_EQ(world.probe(basic("alice", "wrong password")), 429);
  EXPECT_EQ(world.probe(kAlice), 200) << "somebody who guesses does not lock out who is in";
  world.clock.advance(std::chrono::seconds(61));
  EXPECT_EQ(world.probe(kAlice), 200);
}

// Revocation: each credential ends at the next request, and so does a registry token that was issued before.

TEST_P(AuthenticatorTest, a_disabled_user_ends_with_all_tokens) {
  const auto registry_token = world.registry_token(kAlice, "repository:shop/web:pull");
  const auto access_token = make_token().string("secret");
  const auto by_access_token = world.registry_token(bearer(access_token), "repository:shop/web:pull");
  for (const auto& token : {registry_token, access_token, by_access_token}) ASSERT_EQ(world.probe(bearer(token)), 200);
  ASSERT_EQ(world.change(Method::kPatch, "/api/v1/users/alice", R"({"disabled":true})", kRoot).status, 200);
  for (const auto& token : {registry_token, access_token, by_access_token}) {
    EXPECT_EQ(world.probe(bearer(token)), 401);
    EXPECT_FALSE(known(bearer(token)));
  }
  EXPECT_EQ(world.probe(kAlice), 401);
}

TEST_P(AuthenticatorTest, a_removed_robot_ends_with_its_tokens) {
  const auto robot = make_robot();
  const auto token = world.registry_token(login_of(robot), "repository:shop/web:pull");
  ASSERT_EQ(world.probe(bearer(token)), 200);
  ASSERT_EQ(world.change(Method::kDelete, robot.header("Location"), "", kAlice).status, 204);
  EXPECT_EQ(world.probe(bearer(token)), 401);
  EXPECT_EQ(world.probe(login_of(robot)), 401);
}

TEST_P(AuthenticatorTest, a_disabled_robot_ends_with_its_tokens_and_comes_back) {
  const auto robot = make_robot();
  const auto token = world.registry_token(login_of(robot), "repository:shop/web:pull");
  const auto set = [&](std::string body) {
    return world.change(Method::kPatch, robot.header("Location"), std::move(body), kAlice).status;
  };
  ASSERT_EQ(set(R"({"disabled":true})"), 200);
  EXPECT_EQ(world.probe(bearer(token)), 401);
  EXPECT_EQ(world.probe(login_of(robot)), 401);
  ASSERT_EQ(set(R"({"disabled":false})"), 200);
  EXPECT_EQ(world.probe(login_of(robot)), 200);
}

TEST_P(AuthenticatorTest, a_rotated_secret_ends_the_old_one_and_its_tokens) {
  const auto robot = make_robot();
  const auto token = world.registry_token(login_of(robot), "repository:shop/web:pull");
  const auto rotated = world.post(robot.header("Location") + "/secret", "", kAlice);
  ASSERT_EQ(rotated.status, 200) << rotated.text;
  EXPECT_EQ(world.probe(login_of(robot)), 401);
  EXPECT_EQ(world.probe(bearer(token)), 401);
  EXPECT_EQ(world.probe(login_of(rotated)), 200);
}

TEST_P(AuthenticatorTest, a_removed_credential_ends_with_its_tokens) {
  const auto token = world.registry_token(kNamespace, "repository:shop/web:pull");
  ASSERT_EQ(world.probe(bearer(token)), 200);
  world.sql("DELETE FROM namespace_credentials");
  EXPECT_EQ(world.probe(kNamespace), 401);
  EXPECT_EQ(world.probe(bearer(token)), 401);
  EXPECT_FALSE(known(bearer(token)));
}

TEST_P(AuthenticatorTest, a_released_namespace_pulls_no_more_with_an_old_token) {
  const auto token = world.registry_token(kNamespace, "repository:shop/web:pull");
  world.sql("UPDATE namespaces SET workspace_id = NULL");
  EXPECT_NE(world.probe(bearer(token)), 200);
}

TEST_P(AuthenticatorTest, expiry_ends_credentials_and_their_tokens) {
  const auto soon = to_rfc3339(world.clock.now() + std::chrono::seconds(100));
  const auto made = make_token(fmt::format(R"(,"expires_at":"{}")", soon));
  ASSERT_EQ(made.status, 201) << made.text;
  const auto secret = made.string("secret");
  const auto token = world.registry_token(bearer(secret), "repository:shop/web:pull");
  world.sql(fmt::format("UPDATE namespace_credentials SET expires_at = {}",
                        to_millis(world.clock.now() + std::chrono::seconds(100))));
  world.clock.advance(std::chrono::milliseconds(99'999));
  EXPECT_EQ(world.probe(bearer(token)), 200);
  EXPECT_EQ(world.probe(kNamespace), 200);
  world.clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(world.probe(bearer(secret)), 401);
  EXPECT_EQ(world.probe(bearer(token)), 401);
  EXPECT_FALSE(known(bearer(token)));
  EXPECT_EQ(world.probe(kNamespace), 401);
}

TEST_P(AuthenticatorTest, a_removed_access_token_ends_with_its_tokens) {
  const auto made = make_token();
  const auto token = world.registry_token(bearer(made.string("secret")), "repository:shop/web:pull");
  ASSERT_EQ(world.probe(bearer(token)), 200);
  ASSERT_EQ(world.change(Method::kDelete, made.header("Location"), "", kAlice).status, 204);
  EXPECT_EQ(world.probe(bearer(made.string("secret"))), 401);
  EXPECT_FALSE(known(bearer(token)));
}

TEST_P(AuthenticatorTest, a_user_who_left_the_workspace_pulls_no_more_with_an_old_token) {
  const auto token = world.registry_token(kAlice, "repository:shop/web:pull");
  ASSERT_EQ(world.probe(bearer(token)), 200);
  world.sql("DELETE FROM members");
  EXPECT_NE(world.probe(bearer(token)), 200);
}

}  // namespace
}  // namespace berth::identity
