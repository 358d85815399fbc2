#include "identity/tests/support/world.h"

namespace berth::identity {
namespace {

using http::Method;
using testing::Answer;
using testing::basic;
using testing::World;

class SessionsTest : public testing::OnWorlds {
 protected:
  Answer log_in(std::string_view login, std::string_view password = World::kPassword, std::string scheme = "https") {
    return world.send({.method = Method::kPost,
                       .target = "/api/v1/session",
                       .body = fmt::format(R"({{"login":"{}","password":"{}"}})", login, password),
                       .scheme = std::move(scheme)});
  }
  static std::string cookie_of(const Answer& answer) {
    const auto set = answer.header("Set-Cookie");
    return set.substr(0, set.find(';'));
  }
  Answer with(const std::string& cookie, Method method, std::string target, std::string csrf = "") {
    testing::Ask ask{.method = method, .target = std::move(target), .headers = {{"Cookie", cookie}}};
    if (!csrf.empty()) ask.headers.emplace_back("X-CSRF-Token", std::move(csrf));
    return world.send(ask);
  }
};
INSTANTIATE_TEST_SUITE_P(, SessionsTest, db::testing::both(), db::testing::name);

TEST_P(SessionsTest, a_login_opens_one_and_says_who_it_is) {
  const auto opened = log_in("alice");
  ASSERT_EQ(opened.status, 201) << opened.text;
  EXPECT_EQ(opened.header("Location"), "/api/v1/session");
  const auto seen = with(cookie_of(opened), Method::kGet, "/api/v1/session");
  ASSERT_EQ(seen.status, 200) << seen.text;
  EXPECT_EQ(seen.string("login"), "alice");
  EXPECT_EQ(seen.string("platform_role"), "none");
  EXPECT_EQ(seen.string("csrf_token"), opened.string("csrf_token"));
  EXPECT_EQ(json::serialize(seen.body.at("memberships")), R"([{"workspace":"retail","role":"admin"}])");
  EXPECT_EQ(world.audited("session.open"), 1U);
}

TEST_P(SessionsTest, the_cookie_is_for_this_site_and_not_for_scripts) {
  const auto cookie = log_in("alice").header("Set-Cookie");
  for (const auto* attribute : {"; HttpOnly", "; SameSite=Strict", "; Secure", "; Path=/", "; Max-Age=43200"})
    EXPECT_THAT(cookie, ::testing::HasSubstr(attribute));
  EXPECT_THAT(log_in("alice", World::kPassword, "http").header("Set-Cookie"),
              ::testing::Not(::testing::HasSubstr("Secure")));
}

TEST_P(SessionsTest, the_secret_is_not_in_the_database) {
  const auto opened = log_in("alice");
  const auto secret = cookie_of(opened).substr(std::string("berth_session=").size());
  const auto found = world.database.read([&](db::Connection& tx) {
    return tx.one<std::int64_t>("SELECT id FROM sessions WHERE secret_hash = :secret", secret).has_value();
  });
  EXPECT_FALSE(found);
}

TEST_P(SessionsTest, a_wrong_password_and_an_unknown_login_get_the_same_answer) {
  const auto wrong = log_in("alice", "wrong password");
  const auto unknown = log_in("nobody-here", "wrong password");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(wrong.string("detail"), unknown.string("detail"));
}

TEST_P(SessionsTest, a_token_or_a_robots_secret_opens_none) {
  const auto token =
      world.post("/api/v1/me/tokens", R"({"name":"t","grants":{"api":"write"}})", basic("alice", World::kPassword));
  ASSERT_EQ(token.status, 201) << token.text;
  EXPECT_EQ(log_in("alice", token.string("secret")).status, 401);
  EXPECT_EQ(log_in("ns+prod+web+1", "ns-secret").status, 401);
}

TEST_P(SessionsTest, a_change_needs_the_csrf_token) {
  const auto opened = log_in("alice");
  const auto cookie = cookie_of(opened);
  EXPECT_EQ(with(cookie, Method::kDelete, "/api/v1/session").status, 403);
  EXPECT_EQ(with(cookie, Method::kDelete, "/api/v1/session", "0123").status, 403);
  const auto other = log_in("bob").string("csrf_token");
  EXPECT_EQ(with(cookie, Method::kDelete, "/api/v1/session", other).status, 403);
  EXPECT_EQ(with(cookie, Method::kDelete, "/api/v1/session", opened.string("csrf_token")).status, 204);
}

TEST_P(SessionsTest, a_page_of_another_site_changes_nothing_with_a_login_that_the_browser_remembers) {
  const auto root = basic("root", World::kPassword);
  const auto rotate = [&](std::pair<std::string, std::string> field) {
    return world.send({.method = Method::kPost, .target = "/api/v1/signing-keys", .headers = {root, std::move(field)}})
        .status;
  };
  EXPECT_EQ(rotate({"Sec-Fetch-Site", "cross-site"}), 403);
  EXPECT_EQ(rotate({"Origin", "https://evil.example"}), 403);
  EXPECT_EQ(world.audited("signing_key.rotate"), 0U);
  EXPECT_EQ(rotate({"Sec-Fetch-Site", "same-origin"}), 201);
  EXPECT_EQ(rotate({"Origin", "https://berth.test"}), 201);
}

TEST_P(SessionsTest, it_is_over_at_the_next_request_after_the_end) {
  const auto opened = log_in("alice");
  const auto cookie = cookie_of(opened);
  const auto ended = with(cookie, Method::kDelete, "/api/v1/session", opened.string("csrf_token"));
  EXPECT_THAT(ended.header("Set-Cookie"), ::testing::HasSubstr("berth_session=; Path=/; Max-Age=0"));
  EXPECT_EQ(with(cookie, Method::kGet, "/api/v1/session").status, 401);
}

TEST_P(SessionsTest, it_is_over_after_twelve_hours) {
  const auto cookie = cookie_of(log_in("alice"));
  world.clock.advance(std::chrono::hours(12) - std::chrono::milliseconds(1));
  EXPECT_EQ(with(cookie, Method::kGet, "/api/v1/session").status, 200);
  world.clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(with(cookie, Method::kGet, "/api/v1/session").status, 401);
  EXPECT_EQ(world.identity.sessions.sweep(world.clock.now()), 1U);
}

TEST_P(SessionsTest, it_is_over_when_the_user_is_disabled) {
  const auto cookie = cookie_of(log_in("alice"));
  ASSERT_EQ(world.change(Method::kPatch, "/api/v1/users/alice", R"({"disabled":true})", basic("root", World::kPassword))
                .status,
            200);
  EXPECT_EQ(with(cookie, Method::kGet, "/api/v1/session").status, 401);
  EXPECT_EQ(log_in("alice").status, 401);
}

TEST_P(SessionsTest, a_stale_cookie_does_not_keep_anybody_from_signing_in) {
  const auto opened = world.send({.method = Method::kPost,
                                  .target = "/api/v1/session",
                                  .body = R"({"login":"alice","password":"correct horse"})",
                                  .headers = {{"Cookie", "berth_session=stale"}}});
  EXPECT_EQ(opened.status, 201) << opened.text;
}

TEST_P(SessionsTest, a_form_of_another_site_cannot_sign_in) {
  const auto answer = world.send({.method = Method::kPost,
                                  .target = "/api/v1/session",
                                  .body = R"({"login":"alice","password":"correct horse"})",
                                  .headers = {{"Content-Type", "text/plain"}}});
  EXPECT_EQ(answer.status, 415);
}

TEST_P(SessionsTest, cookies_are_found_among_others_and_are_no_credential_of_the_registry) {
  const auto cookie = cookie_of(log_in("alice"));
  EXPECT_EQ(with("a=b; " + cookie + "; c=d", Method::kGet, "/api/v1/session").status, 200);
  EXPECT_EQ(with("x" + cookie, Method::kGet, "/api/v1/session").status, 401);
  EXPECT_EQ(world.probe({"Cookie", cookie}), 401);
}

TEST_P(SessionsTest, a_user_lists_and_ends_their_own_alone) {
  const auto mine = log_in("alice");
  const auto theirs = log_in("bob");
  const auto listed = with(cookie_of(mine), Method::kGet, "/api/v1/me/sessions");
  ASSERT_EQ(listed.body.at("items").as_array().size(), 1U);
  EXPECT_EQ(find_bool(listed.body.at("items").at(0), "current"), true);
  const auto id = find_int(listed.body.at("items").at(0), "id").value();
  const auto target = fmt::format("/api/v1/me/sessions/{}", id);
  EXPECT_EQ(with(cookie_of(theirs), Method::kDelete, target, theirs.string("csrf_token")).status, 404);
  EXPECT_EQ(with(cookie_of(mine), Method::kDelete, target, mine.string("csrf_token")).status, 204);
  EXPECT_EQ(with(cookie_of(mine), Method::kGet, "/api/v1/session").status, 401);
}

TEST_P(SessionsTest, a_new_password_ends_the_others_and_keeps_this_one) {
  const auto here = log_in("alice");
  const auto there = log_in("alice");
  const auto changed =
      world.send({.method = Method::kPut,
                  .target = "/api/v1/me/password",
                  .body = R"({"current_password":"correct horse","new_password":"battery staple"})",
                  .headers = {{"Cookie", cookie_of(here)}, {"X-CSRF-Token", here.string("csrf_token")}}});
  ASSERT_EQ(changed.status, 204) << changed.text;
  EXPECT_EQ(with(cookie_of(here), Method::kGet, "/api/v1/session").status, 200);
  EXPECT_EQ(with(cookie_of(there), Method::kGet, "/api/v1/session").status, 401);
  EXPECT_EQ(log_in("alice").status, 401);
  EXPECT_EQ(log_in("alice", "battery staple").status, 201);
}

TEST_P(SessionsTest, a_new_password_needs_the_current_one) {
  const auto refused =
      world.change(Method::kPut, "/api/v1/me/password",
                   R"({"current_password":"wrong","new_password":"battery staple"})", basic("alice", World::kPassword));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(world.probe(basic("alice", World::kPassword)), 200);
}

TEST_P(SessionsTest, the_hundred_and_first_ends_the_first) {
  const auto first = cookie_of(log_in("alice"));
  for (int i = 0; i < 99; ++i) ASSERT_EQ(log_in("alice").status, 201);
  EXPECT_EQ(with(first, Method::kGet, "/api/v1/session").status, 200);
  ASSERT_EQ(log_in("alice").status, 201);
  EXPECT_EQ(with(first, Method::kGet, "/api/v1/session").status, 401);
}

TEST_P(SessionsTest, guessing_is_slowed_down_and_says_for_how_long) {
  for (int i = 0; i < 6; ++i) ASSERT_EQ(log_in("alice", "wrong password").status, 401);
  const auto refused = log_in("alice");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  world.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(log_in("alice").status, 201);
}

}  // namespace
}  // namespace berth::identity
