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
const auto kBob = basic("bob", World::kPassword);
const auto kNamespace = basic("ns+prod+web+1", "ns-secret");
const std::pair<std::string, std::string> kNobody{"X-Nothing", ""};

class TokenServiceTest : public testing::OnWorlds {
 protected:
  Answer ask(std::pair<std::string, std::string> credentials, std::string_view query) {
    return world.get(fmt::format("/service/token?{}", query), std::move(credentials));
  }
  std::string granted(std::pair<std::string, std::string> credentials, std::string_view scope) {
    const auto answer = ask(std::move(credentials), fmt::format("service=berth.test&scope={}", scope));
    EXPECT_EQ(answer.status, 200) << answer.text;
    return answer.string("scope");
  }
  Answer form(std::string body, std::pair<std::string, std::string> more = kNobody) {
    return world.send({.method = Method::kPost,
                       .target = "/service/token",
                       .body = std::move(body),
                       .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, std::move(more)}});
  }
  std::string refresh_token(std::pair<std::string, std::string> credentials) {
    return ask(std::move(credentials), "offline_token=true").string("refresh_token");
  }
  Answer refresh(const std::string& token, std::string_view scope = "repository:shop/web:pull") {
    return form(fmt::format("grant_type=refresh_token&service=berth.test&client_id=docker&scope={}&refresh_token={}",
                            scope, percent_encode(token)));
  }
};
INSTANTIATE_TEST_SUITE_P(, TokenServiceTest, db::testing::both(), db::testing::name);

TEST_P(TokenServiceTest, an_answer_has_what_every_client_looks_for) {
  const auto answer = ask(kAlice, "service=berth.test&account=alice&client_id=docker&scope=repository:shop/web:pull");
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_FALSE(answer.string("token").empty());
  EXPECT_EQ(answer.string("token"), answer.string("access_token"));
  EXPECT_EQ(find_int(answer.body, "expires_in"), 300);
  EXPECT_EQ(answer.string("issued_at"), to_rfc3339(world.clock.now()));
  EXPECT_FALSE(answer.body.as_object().contains("refresh_token"));
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_EQ(world.probe(bearer(answer.string("token"))), 200);
}

TEST_P(TokenServiceTest, grants_what_was_asked_and_is_allowed_now) {
  struct Case {
    std::string_view name;
    std::pair<std::string, std::string> who;
    std::string_view asked;
    std::string_view granted;
  };
  const Case cases[] = {
      {"login", kAlice, "", ""},
      {"member_pulls_and_pushes", kAlice, "repository:shop/web:pull,push", "repository:shop/web:pull,push"},
      {"viewer_only_pulls", kBob, "repository:shop/web:pull,push", "repository:shop/web:pull"},
      {"asked_for_less", kAlice, "repository:shop/web:push", "repository:shop/web:push"},
      {"home_admin_deletes", kAlice, "repository:shop/web:*", "repository:shop/web:pull,push,delete"},
      {"viewer_star", kBob, "repository:shop/web:*", "repository:shop/web:pull"},
      {"namespace_pulls", kNamespace, "repository:shop/web:pull,push", "repository:shop/web:pull"},
      {"anonymous_pulls_public", kNobody, "repository:open/web:pull,push", "repository:open/web:pull"},
      {"anonymous_private", kNobody, "repository:shop/web:pull", ""},
      {"space_that_is_not_there", kAlice, "repository:nowhere/web:pull", ""},
      {"other_types", kAlice, "plugin:x:y", ""},
      {"catalog", kAlice, "registry:catalog:*", "registry:catalog:*"},
      {"two_repositories", kBob, "repository:shop/web:push+repository:open/web:pull", "repository:open/web:pull"},
      {"plus_is_a_space", kAlice, "repository:shop/web:pull+repository:open/web:pull",
       "repository:shop/web:pull repository:open/web:pull"},
      {"repeated", kAlice, "repository:shop/web:pull&scope=repository:open/web:pull",
       "repository:shop/web:pull repository:open/web:pull"},
      {"rubbish", kAlice, "%3A%3A%3A", ""},
  };
  for (const auto& each : cases) EXPECT_EQ(granted(each.who, each.asked), each.granted) << each.name;
}

TEST_P(TokenServiceTest, anonymous_pull_that_is_off_grants_nothing) {
  ASSERT_TRUE(world.database.write([&](db::Connection& tx) -> Result<void> {
    tx.execute("INSERT INTO settings (name, value) VALUES ('anonymous_pull', 'false')");
    state::touch(tx, world.snapshots, state::Aggregate::kSettings, 0);
    return {};
  }));
  EXPECT_EQ(granted(kNobody, "repository:open/web:pull"), "");
  EXPECT_EQ(granted(kAlice, "repository:open/web:pull"), "repository:open/web:pull");
}

TEST_P(TokenServiceTest, a_token_is_good_for_its_scope_alone) {
  const auto pull = bearer(world.registry_token(kAlice, "repository:shop/web:pull"));
  EXPECT_EQ(world.probe(pull), 200);
  EXPECT_EQ(world.probe(pull, Method::kPost), 401);
  EXPECT_EQ(world.probe(pull, Method::kGet, "shop/other"), 401);
  EXPECT_EQ(world.probe(pull, Method::kGet, "open/web"), 401);
  const auto anonymous = bearer(world.registry_token(kNobody, "repository:open/web:pull"));
  EXPECT_EQ(world.probe(anonymous, Method::kGet, "open/web"), 200);
  EXPECT_EQ(world.probe(anonymous), 401);
}

TEST_P(TokenServiceTest, wrong_credentials_are_401_with_a_challenge_and_another_service_is_refused) {
  const auto wrong = ask(basic("alice", "wrong password"), "scope=repository:open/web:pull");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_THAT(wrong.header("WWW-Authenticate"), ::testing::StartsWith("Basic "));
  EXPECT_EQ(wrong.body.at("errors").at(0).at("code").as_string(), "UNAUTHORIZED");
  EXPECT_EQ(ask(kAlice, "service=other.test").status, 400);
  EXPECT_EQ(ask(kAlice, "service=BERTH.test").status, 200);
  EXPECT_EQ(ask(kAlice, "").status, 200);
}

TEST_P(TokenServiceTest, a_registry_token_makes_no_other) {
  const auto token = world.registry_token(kAlice, "repository:shop/web:pull");
  EXPECT_EQ(ask(bearer(token), "scope=repository:shop/web:pull").status, 401);
}

TEST_P(TokenServiceTest, an_access_tokens_grants_limit_it) {
  const auto made = world.post("/api/v1/me/tokens",
                               R"({"name":"t","grants":{"spaces":[{"space":"berth/shop","repository":"web",)"
                               R"("verbs":["pull"]}]}})",
                               kAlice);
  ASSERT_EQ(made.status, 201) << made.text;
  const auto token = basic("alice", made.string("secret"));
  EXPECT_EQ(granted(token, "repository:shop/web:pull,push"), "repository:shop/web:pull");
  EXPECT_EQ(granted(token, "repository:shop/other:pull"), "");
  EXPECT_EQ(world.get("/api/v1/session", token).status, 403) << "no API grant";
}

// OAuth2.

TEST_P(TokenServiceTest, a_form_with_a_password_is_answered) {
  const auto answer = form(
      "grant_type=password&service=berth.test&client_id=containerd-client&username=alice"
      "&password=correct+horse&scope=repository%3Ashop%2Fweb%3Apull%2Cpush");
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_EQ(answer.string("scope"), "repository:shop/web:pull,push");
  EXPECT_EQ(world.probe(bearer(answer.string("access_token")), Method::kPost), 200);
  EXPECT_FALSE(answer.body.as_object().contains("refresh_token"));
}

TEST_P(TokenServiceTest, a_form_takes_robots_and_namespaces_too) {
  const auto answer = form(
      "grant_type=password&username=ns%2Bprod%2Bweb%2B1&password=ns-secret"
      "&scope=repository:shop/web:pull");
  EXPECT_EQ(answer.string("scope"), "repository:shop/web:pull") << answer.text;
}

TEST_P(TokenServiceTest, a_form_that_is_wrong_is_refused_so_that_clients_fall_back) {
  EXPECT_EQ(form("grant_type=password&username=alice&password=wrong").status, 401);
  EXPECT_EQ(form("grant_type=password").status, 401);
  const auto unsupported = form("grant_type=authorization_code&code=1");
  EXPECT_EQ(unsupported.status, 400);
  EXPECT_EQ(unsupported.string("error"), "unsupported_grant_type");
  EXPECT_EQ(form("service=berth.test").status, 400);
  EXPECT_EQ(form("grant_type=password&username=%zz").status, 400);
  EXPECT_EQ(form("grant_type=refresh_token").status, 401);
  EXPECT_EQ(world.post("/service/token", R"({"grant_type":"password"})", kNobody).status, 415);
}

TEST_P(TokenServiceTest, guessing_by_form_is_slowed_down) {
  for (int i = 0; i < 6; ++i) ASSERT_EQ(form("grant_type=password&username=alice&password=wrong").status, 401);
  const auto refused = form("grant_type=password&username=alice&password=wrong");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "1");
}

// Refresh tokens.

TEST_P(TokenServiceTest, a_refresh_token_comes_only_when_asked_for_and_never_for_anonymous) {
  EXPECT_EQ(ask(kAlice, "").string("refresh_token"), "");
  EXPECT_NE(refresh_token(kAlice), "");
  EXPECT_EQ(refresh_token(kNobody), "");
  EXPECT_NE(
      form("grant_type=password&username=alice&password=correct+horse&access_type=offline").string("refresh_token"),
      "");
}

TEST_P(TokenServiceTest, a_refresh_token_opens_the_token_service_alone) {
  const auto token = refresh_token(kAlice);
  const auto answer = refresh(token, "repository:shop/web:pull,push");
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_EQ(answer.string("scope"), "repository:shop/web:pull,push");
  EXPECT_EQ(world.probe(bearer(answer.string("access_token"))), 200);
  EXPECT_EQ(world.probe(bearer(token)), 401);
  EXPECT_EQ(world.probe(basic("alice", token)), 401);
  EXPECT_EQ(world.get("/api/v1/session", bearer(token)).status, 401);
}

TEST_P(TokenServiceTest, a_refresh_token_that_is_changed_or_foreign_is_refused) {
  const auto token = refresh_token(kAlice);
  auto changed = token;
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_EQ(refresh(changed).status, 401);
  EXPECT_EQ(refresh(token.substr(0, token.size() - 1)).status, 401);
  EXPECT_EQ(refresh(token.substr(14)).status, 401);
  EXPECT_EQ(refresh(world.registry_token(kAlice, "repository:shop/web:pull")).status, 401);
  EXPECT_EQ(
      refresh(RefreshTokens(SecretBox(std::string(32, 'x')), std::chrono::days(1))
                  .issue({.subject = {.who = access::UserSubject{world.alice, {}}, .scope = {}}, .credential_mark = ""},
                         world.clock.now()))
          .status,
      401);
  EXPECT_EQ(refresh(token).status, 200);
}

TEST_P(TokenServiceTest, a_refresh_token_is_over_after_its_life) {
  const auto token = refresh_token(kAlice);
  world.clock.advance(std::chrono::days(90) - std::chrono::milliseconds(1));
  EXPECT_EQ(refresh(token).status, 200);
  world.clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(refresh(token).status, 401);
}

TEST_P(TokenServiceTest, a_refresh_token_ends_with_the_password) {
  const auto token = refresh_token(kAlice);
  ASSERT_EQ(world.change(Method::kPatch, "/api/v1/users/alice", R"({"display_name":"A"})", kRoot).status, 200);
  EXPECT_EQ(refresh(token).status, 200) << "another name is no other password";
  ASSERT_EQ(world.change(Method::kPatch, "/api/v1/users/alice", R"({"password":"battery staple"})", kRoot).status, 200);
  EXPECT_EQ(refresh(token).status, 401);
}

TEST_P(TokenServiceTest, a_refresh_token_ends_with_the_user) {
  const auto token = refresh_token(kAlice);
  ASSERT_EQ(world.change(Method::kPatch, "/api/v1/users/alice", R"({"disabled":true})", kRoot).status, 200);
  EXPECT_EQ(refresh(token).status, 401);
}

TEST_P(TokenServiceTest, a_refresh_token_ends_with_the_machines_secret) {
  const auto robot = world.post("/api/v1/workspaces/retail/robots",
                                R"({"name":"ci","grants":{"spaces":[{"verbs":["pull"]}]}})", kAlice);
  const auto of_robot = refresh_token(basic(robot.string("login"), robot.string("secret")));
  const auto of_namespace = refresh_token(kNamespace);
  ASSERT_EQ(refresh(of_robot).string("scope"), "repository:shop/web:pull");
  ASSERT_EQ(refresh(of_namespace).string("scope"), "repository:shop/web:pull");
  ASSERT_EQ(world.post(robot.header("Location") + "/secret", "", kAlice).status, 200);
  world.sql("DELETE FROM namespace_credentials");
  EXPECT_EQ(refresh(of_robot).status, 401);
  EXPECT_EQ(refresh(of_namespace).status, 401);
}

TEST_P(TokenServiceTest, a_refresh_token_grants_what_is_allowed_when_it_is_used) {
  const auto token = refresh_token(kAlice);
  world.sql("DELETE FROM members");
  EXPECT_EQ(refresh(token, "repository:shop/web:pull,push").string("scope"), "");
}

}  // namespace
}  // namespace berth::identity
