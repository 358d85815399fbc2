#include "http/tests/support/core_fixture.h"

namespace berth::http::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CoreAccessTest : public CoreFixture {};

TEST_F(CoreAccessTest, the_ping_challenges_although_anonymous_pull_is_on) {
  for (const auto* path : {"/v2/", "/v2"}) {
    const auto response = get(path);
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.headers.find("WWW-Authenticate"),
              R"(Bearer realm="https://r.example.com/service/token",service="r.example.com")");
    EXPECT_THAT(text_of(response), HasSubstr("UNAUTHORIZED"));
    EXPECT_EQ(response.headers.find("Docker-Distribution-Api-Version"), "registry/2.0");
  }
  EXPECT_EQ(get("/v2/", "alice").status, 200);
}

TEST_F(CoreAccessTest, anonymous_is_challenged_for_private_and_unknown_alike) {
  const auto hidden = get("/v2/shop/web/manifests/1");
  const auto unknown = get("/v2/nowhere/web/manifests/1");
  EXPECT_EQ(hidden.status, 401);
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(text_of(hidden), text_of(unknown));
  EXPECT_THAT(std::string(hidden.headers.find("WWW-Authenticate").value()),
              HasSubstr(R"(scope="repository:shop/web:pull")"));
}

TEST_F(CoreAccessTest, foreign_and_unknown_are_one_answer) {
  const auto foreign = get("/v2/shop/web/manifests/1", "bob");
  const auto unknown = get("/v2/nowhere/web/manifests/1", "bob");
  EXPECT_EQ(foreign.status, 404);
  EXPECT_EQ(text_of(foreign), text_of(unknown));
  EXPECT_EQ(foreign.headers.find("WWW-Authenticate"), std::nullopt);
}

TEST_F(CoreAccessTest, a_wrong_token_is_told_so) {
  const auto response = get("/v2/library/base/manifests/1", "nobody");
  EXPECT_EQ(response.status, 401);
  EXPECT_THAT(std::string(response.headers.find("WWW-Authenticate").value()), HasSubstr(R"(error="invalid_token")"));
}

TEST_F(CoreAccessTest, a_small_scope_is_told_what_to_ask_for) {
  const auto response = get("/v2/shop/api/manifests/1", "token:vic:shop/web");
  EXPECT_EQ(response.status, 401);
  EXPECT_THAT(std::string(response.headers.find("WWW-Authenticate").value()),
              HasSubstr(R"(scope="repository:shop/api:pull",error="insufficient_scope")"));
}

TEST_F(CoreAccessTest, deleting_what_one_only_sees_is_denied) {
  const auto response = send(make_request(Method::kDelete, "/v2/shop/web/manifests/1", "vic"));
  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(text_of(response), HasSubstr("DENIED"));
}

TEST_F(CoreAccessTest, the_token_service_answers_for_wrong_credentials) {
  EXPECT_EQ(get("/service/token").status, 200);
  const auto response = get("/service/token", "nobody");
  EXPECT_EQ(response.status, 401);
  EXPECT_THAT(text_of(response), HasSubstr("UNAUTHORIZED"));
  EXPECT_EQ(response.headers.find("WWW-Authenticate"), R"(Basic realm="r.example.com")");
}

TEST_F(CoreAccessTest, a_stale_session_keeps_nobody_from_open_routes) {
  EXPECT_EQ(get("/healthz", "nobody").status, 200);
}

TEST_F(CoreAccessTest, rest_is_never_anonymous) {
  const auto response = get("/api/v1/workspaces/retail");
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/problem+json");
  EXPECT_EQ(response.headers.find("WWW-Authenticate"), R"(Bearer realm="berth")");
}

TEST_F(CoreAccessTest, a_change_is_effective_at_the_next_request) {
  EXPECT_EQ(get("/v2/library/base/manifests/1").status, 200);
  auto changed = *snapshot_;
  changed.anonymous_pull = false;
  snapshot_ = std::make_shared<const access::Snapshot>(changed);
  EXPECT_EQ(get("/v2/library/base/manifests/1").status, 401);
}

TEST_F(CoreAccessTest, another_spelling_of_a_path_is_the_same_path) {
  for (const auto& [plain, escaped] : {std::pair{"/v2/", "/%76%32/"},
                                       {"/v2/library/base/manifests/1", "/v%32/library/base/manifests/1"},
                                       {"/v2/shop/web/manifests/1", "/%762/shop/web/%6danifests/1"},
                                       {"/service/token", "/service/toke%6E"},
                                       {"/api/v1/me", "/%61pi/v1/me"}})
    for (const auto* who : {"", "alice", "nobody"}) {
      const auto asked = get(escaped, who);
      const auto meant = get(plain, who);
      EXPECT_EQ(asked.status, meant.status) << escaped << " " << who;
      EXPECT_EQ(text_of(asked), text_of(meant)) << escaped << " " << who;
      EXPECT_TRUE(std::ranges::equal(
          asked.headers.fields(), meant.headers.fields(), {},
          [](const auto& field) { return std::pair(field.name, field.value); },
          [](const auto& field) { return std::pair(field.name, field.value); }))
          << escaped << " " << who;
    }
}

class SlowBodyTest : public CoreAccessTest {
 protected:
  void disable(std::string_view login) {
    auto changed = *snapshot_;
    auto user = *changed.users.find(*changed.user_by_login.find(std::string(login)));
    user.disabled = true;
    changed.users = changed.users.with(user.id, user);
    snapshot_ = std::make_shared<const access::Snapshot>(changed);
  }
  void change_something_else() { snapshot_ = std::make_shared<const access::Snapshot>(*snapshot_); }

  Dispatch begin_echo() {
    auto request = make_request(Method::kPost, "/api/v1/echo", "alice");
    request.has_body = true;
    return core_.begin(std::move(request));
  }
};

TEST_F(SlowBodyTest, what_was_taken_away_while_it_came_is_gone) {
  auto dispatch = begin_echo();
  disable("alice");
  const auto response = std::get<Dispatch::Buffered>(dispatch.next).run("late");
  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(text_of(response), Not(HasSubstr("late")));
}

TEST_F(SlowBodyTest, what_concerns_others_changes_nothing) {
  auto dispatch = begin_echo();
  change_something_else();
  EXPECT_EQ(text_of(std::get<Dispatch::Buffered>(dispatch.next).run("late")), "late");
}

TEST_F(SlowBodyTest, a_stream_ends_as_its_sender_may_then) {
  for (const bool still : {true, false}) {
    seen_ = {};
    const auto sink = stream("/v2/shop/web/blobs/uploads/");
    ASSERT_TRUE(sink);
    EXPECT_TRUE(sink->write("hello").has_value());
    still ? change_something_else() : disable("eve");
    EXPECT_EQ(sink->finish().status, still ? 201 : 401);
    EXPECT_EQ(seen_.finished, still);
    EXPECT_EQ(seen_.abandoned.empty(), still) << "what was refused is not left lying";
  }
}

}  // namespace
}  // namespace berth::http::test
