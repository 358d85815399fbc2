#include "http/tests/support/core_fixture.h"

namespace berth::http::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CoreTest : public CoreFixture {};

TEST_F(CoreTest, runs_the_handler_with_subject_and_actor) {
  const auto response = get("/api/v1/me", "alice");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(text_of(response), "user:alice 192.0.2.1 0123456789abcdef0123456789abcdef");
}

TEST_F(CoreTest, answers_of_the_api_carry_its_fields) {
  const auto response = get("/api/v1/me", "alice");
  EXPECT_EQ(response.headers.find("X-Request-Id"), "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(response.headers.find("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
  EXPECT_EQ(response.headers.find("Docker-Distribution-Api-Version"), std::nullopt);
}

TEST_F(CoreTest, answers_of_the_registry_carry_its_fields) {
  const auto response = get("/v2/library/base/manifests/1");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.find("Docker-Distribution-Api-Version"), "registry/2.0");
  EXPECT_EQ(response.headers.find("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(response.headers.find("Cache-Control"), std::nullopt);
  EXPECT_EQ(response.headers.find("X-Request-Id"), "0123456789abcdef0123456789abcdef");
}

TEST_F(CoreTest, unknown_paths_are_404_in_the_surfaces_shape) {
  EXPECT_EQ(get("/api/v1/nothing", "alice").headers.find("Content-Type"), "application/problem+json");
  EXPECT_THAT(text_of(get("/v2/a", "alice")), HasSubstr("NAME_UNKNOWN"));
  EXPECT_EQ(get("/api/v1/nothing", "alice").status, 404);
}

TEST_F(CoreTest, hostile_paths_are_400_in_the_surfaces_shape) {
  const auto response = get("/v2/a/%2e%2e/manifests/1", "alice");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(text_of(response), HasSubstr("NAME_INVALID"));
  EXPECT_EQ(get("/api/v1//me", "alice").status, 400);
}

TEST_F(CoreTest, other_methods_are_405_with_allow) {
  const auto response = send(make_request(Method::kPut, "/v2/library/base/manifests/1"));
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.find("Allow"), "GET, HEAD, DELETE");
  EXPECT_THAT(text_of(response), HasSubstr("UNSUPPORTED"));
}

TEST_F(CoreTest, a_405_of_a_handler_says_what_is_allowed) {
  EXPECT_EQ(get("/api/v1/unsupported", "alice").headers.find("Allow"), "HEAD, POST");
}

TEST_F(CoreTest, head_has_the_length_of_get_and_no_body) {
  const auto response = send(make_request(Method::kHead, "/v2/library/base/manifests/1"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_length, 5U);
  EXPECT_TRUE(response.body.empty());
  const auto refused = send(make_request(Method::kHead, "/v2/shop/web/manifests/1"));
  EXPECT_EQ(refused.status, 401);
  EXPECT_TRUE(refused.body.empty());
}

TEST_F(CoreTest, what_the_client_has_is_304) {
  auto request = make_request(Method::kGet, "/api/v1/tagged", "alice");
  request.headers.set("If-None-Match", R"(W/"v0", "v1")");
  const auto response = send(std::move(request));
  EXPECT_EQ(response.status, 304);
  EXPECT_TRUE(response.body.empty());
  EXPECT_EQ(response.headers.find("ETag"), R"("v1")");
  EXPECT_EQ(get("/api/v1/tagged", "alice").status, 200);
}

TEST_F(CoreTest, too_large_a_body_is_refused_unread) {
  auto request = make_request(Method::kPost, "/api/v1/echo", "alice");
  request.content_length = 11;
  EXPECT_EQ(send(std::move(request)).status, 413);
  request = make_request(Method::kPost, "/api/v1/echo", "alice");
  request.content_length = 10;
  const auto response = send(std::move(request), "0123456789");
  EXPECT_EQ(text_of(response), "0123456789");
}

TEST_F(CoreTest, the_bodys_bound_reaches_net) {
  auto dispatch = core_.begin(make_request(Method::kPost, "/api/v1/echo", "alice"));
  ASSERT_TRUE(std::holds_alternative<Dispatch::Buffered>(dispatch.next));
  EXPECT_EQ(std::get<Dispatch::Buffered>(dispatch.next).limit, 10U);
}

struct BoomCase {
  std::string_view kind;
  int status;
};

class CoreExceptions : public CoreTest, public testing::WithParamInterface<BoomCase> {};

TEST_P(CoreExceptions, become_answers_without_their_text) {
  const auto response = get(fmt::format("/api/v1/boom/{}", GetParam().kind), "alice");
  EXPECT_EQ(response.status, GetParam().status);
  EXPECT_EQ(response.headers.find("Retry-After").has_value(), GetParam().status == 503);
  const auto text = text_of(response);
  EXPECT_THAT(text, HasSubstr("0123456789abcdef0123456789abcdef"));
  for (const auto* internal : {"10.0.0.7", "pasword", "secret", "/var/lib"})
    EXPECT_THAT(text, Not(HasSubstr(internal)));
}

INSTANTIATE_TEST_SUITE_P(Cases, CoreExceptions,
                         testing::Values(BoomCase{"database_gone", 503}, BoomCase{"database_bug", 500},
                                         BoomCase{"disk_full", 503}, BoomCase{"disk_broken", 503},
                                         BoomCase{"no_exception_type", 500}, BoomCase{"any", 500}),
                         [](const auto& info) { return std::string(info.param.kind); });

TEST_F(CoreTest, labels_are_patterns_and_never_paths) {
  get("/v2/library/base/manifests/1");
  get("/v2/library/other/manifests/2");
  get("/api/v1/never-heard-of");
  const auto text = metrics();
  EXPECT_THAT(text, HasSubstr(counted("GET", "/v2/{name+}/manifests/{reference}", 200, 2)));
  EXPECT_THAT(text, HasSubstr(counted("GET", "none", 404)));
  EXPECT_THAT(text, Not(HasSubstr("library")));
  EXPECT_THAT(text, Not(HasSubstr("never-heard-of")));
  EXPECT_THAT(text,
              HasSubstr("berth_http_request_duration_seconds_count{route=\"/v2/{name+}/manifests/{reference}\"} 2"));
}

TEST_F(CoreTest, refusals_of_the_edge_look_like_all_others) {
  const auto registry = core_.refuse(Error::of(Fault::kHeadersTooLarge, "too large"), "/v2/a/b/tags/list");
  EXPECT_EQ(registry.status, 431);
  EXPECT_THAT(text_of(registry), HasSubstr(R"("errors")"));
  EXPECT_EQ(registry.headers.find("Docker-Distribution-Api-Version"), "registry/2.0");
  const auto api = core_.refuse(Error::of(Fault::kTimeout, "too slow"), "/api/v1/x");
  EXPECT_EQ(api.status, 408);
  EXPECT_EQ(api.headers.find("Content-Type"), "application/problem+json");
  EXPECT_TRUE(api.headers.find("X-Request-Id").has_value());
  EXPECT_THAT(metrics(), HasSubstr(counted("none", "none", 431)));
}

TEST_F(CoreTest, a_table_that_contradicts_itself_does_not_start) {
  const auto start = [&](Routes table) {
    Core core(std::move(table),
              Core::Dependencies{.snapshot = [this] { return snapshot_; },
                                 .clock = clock_,
                                 .authenticate = authenticate,
                                 .repositories = {},
                                 .metrics = registry_},
              {});
  };
  EXPECT_THROW(start({{Method::kGet, "/a", Permission::open(), ok()}, {Method::kGet, "/a", Permission::open(), ok()}}),
               std::logic_error);
  EXPECT_THROW(start({{Method::kGet, "/a", Permission::workspace(Action::kSeeWorkspace), ok()}}), std::logic_error);
  EXPECT_THROW(start({{Method::kGet, "/a", Permission::open(), Handler()}}), std::logic_error);
}

/// A core with one route that memory may answer.
class RecallTest : public CoreTest {
 protected:
  Routes recalling(Method method, const Permission& permission) {
    return {{.method = method,
             .pattern = "/v2/{name+}/manifests/{reference}",
             .permission = permission,
             .handler = ok(),
             .recall = [](const Call& call) -> std::optional<Response> {
               if (call.param("reference") == "boom") throw std::runtime_error("secret reason");
               if (call.param("reference") != "warm") return std::nullopt;
               auto response = Response::text(200, "text/plain", "from memory");
               response.headers.set("ETag", "\"v1\"");
               return response;
             }}};
  }
  std::unique_ptr<Core> core(Routes table) {
    return std::make_unique<Core>(
        std::move(table),
        Core::Dependencies{.snapshot = [this] { return snapshot_; },
                           .clock = clock_,
                           .authenticate = authenticate,
                           .recall_snapshot = [this] { return at_hand_; },
                           .recall_subject = [](const Request& request, const access::Snapshot& snapshot,
                                                Time now) -> std::optional<access::Subject> {
                             auto subject = authenticate(request, true, snapshot, now);
                             if (!subject) return std::nullopt;
                             return std::move(*subject);
                           },
                           .repositories = {},
                           .metrics = registry_},
        Core::Settings{.public_url = "", .log_requests = false});
  }
  Request warm(std::string_view login = "") {
    return make_request(Method::kGet, "/v2/library/base/manifests/warm", login);
  }
  /// Not answered, counted nowhere, and as it was.
  void expect_left_alone(Request request) {
    const auto path = request.path;
    const auto id = request.request_id;
    EXPECT_FALSE(core_->recall(request)) << path;
    EXPECT_EQ(request.path, path);
    EXPECT_EQ(request.request_id, id);
    EXPECT_THAT(metrics(), Not(HasSubstr("berth_http_requests_total{")));
    EXPECT_THAT(metrics(), HasSubstr("berth_http_requests_in_flight 0"));
  }

  access::SnapshotPtr at_hand_ = snapshot_;
  std::unique_ptr<Core> core_ = core(recalling(Method::kGet, Permission::repository(Action::kPull)));
};

TEST_F(RecallTest, memory_answers_as_the_handler_would) {
  auto request = warm("alice");
  const auto response = core_->recall(request);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(text_of(*response), "from memory");
  EXPECT_EQ(response->headers.find("X-Request-Id"), "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(response->headers.find("Docker-Distribution-Api-Version"), "registry/2.0");
  EXPECT_THAT(metrics(), HasSubstr(counted("GET", "/v2/{name+}/manifests/{reference}", 200)));
}

TEST_F(RecallTest, head_and_conditions_hold_here_as_well) {
  auto request = warm();
  request.method = Method::kHead;
  const auto head = core_->recall(request);
  ASSERT_TRUE(head);
  EXPECT_TRUE(head->body.empty());
  EXPECT_EQ(head->content_length, 11U);
  auto conditional = warm();
  conditional.headers.set("If-None-Match", "\"v1\"");
  EXPECT_EQ(core_->recall(conditional).value().status, 304);
}

TEST_F(RecallTest, what_memory_does_not_have_is_left_to_the_handler) {
  expect_left_alone(make_request(Method::kGet, "/v2/library/base/manifests/cold"));
}
TEST_F(RecallTest, what_fails_is_left_to_the_handler) {
  expect_left_alone(make_request(Method::kGet, "/v2/library/base/manifests/boom"));
}
TEST_F(RecallTest, other_routes_and_methods_are_left_alone) {
  expect_left_alone(make_request(Method::kGet, "/v2/never/heard/of"));
  expect_left_alone(make_request(Method::kDelete, "/v2/library/base/manifests/warm"));
}
TEST_F(RecallTest, a_request_with_a_body_is_left_alone) {
  auto request = warm();
  request.has_body = true;
  expect_left_alone(std::move(request));
}
TEST_F(RecallTest, whom_memory_does_not_know_is_left_to_the_authenticator) {
  expect_left_alone(warm("nobody-here"));
}
TEST_F(RecallTest, the_rule_is_asked_and_a_refusal_is_left_to_the_guard) {
  expect_left_alone(make_request(Method::kGet, "/v2/shop/web/manifests/warm"));
  expect_left_alone(warm("token:alice:shop/web"));
}
TEST_F(RecallTest, without_a_current_snapshot_nobody_is_answered_from_memory) {
  at_hand_ = nullptr;
  expect_left_alone(warm());
}

TEST_F(RecallTest, only_pulls_may_be_recalled) {
  EXPECT_THROW(core(recalling(Method::kGet, Permission::repository(Action::kDelete))), std::logic_error);
  EXPECT_THROW(core(recalling(Method::kPost, Permission::repository(Action::kPull))), std::logic_error);
}

}  // namespace
}  // namespace berth::http::test
