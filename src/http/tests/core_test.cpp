#include "http/core.h"

#include <system_error>

#include "base/encoding.h"
#include "base/json.h"
#include "db/database.h"
#include "http/tests/support/town.h"

namespace berth::http {
namespace {

using access::Action;
using access::testing::anonymous;
using access::testing::as;
using test::scoped;
using test::town;

std::string text_of(const Response& response) {
  std::string text;
  for (const auto& piece : response.body) text += std::get<std::string>(piece);
  return text;
}

/// Credentials of the test: "Bearer <login>", or "Bearer token:<login>:<repository>" for a registry token to pull.
Result<access::Subject> authenticate(const Request& request, bool registry, const access::Snapshot& snapshot, Time) {
  const auto field = request.headers.find("Authorization");
  if (!field) return anonymous();
  auto text = field->substr(7);
  std::string_view repository;
  if (text.starts_with("token:")) {
    text.remove_prefix(6);
    repository = text.substr(text.find(':') + 1);
    text = text.substr(0, text.find(':'));
  }
  const auto* user = snapshot.user_by_login.find(std::string(text));
  if (!user) return fail(Fault::kUnauthenticated, registry ? "no such credential" : "no such session");
  return repository.empty() ? as(*user) : scoped(as(*user), repository, {.pull = true});
}

/// What a recording sink saw.
struct Seen {
  std::string written;
  bool finished = false;
  std::string abandoned;
};

class RecordingSink final : public BodySink {
 public:
  explicit RecordingSink(Seen& seen) : seen_(seen) {}
  Result<void> write(std::string_view bytes) override {
    if (bytes == "boom") throw std::runtime_error("/var/lib/secret-path is broken");
    if (bytes == "full") throw std::system_error(ENOSPC, std::generic_category(), "/var/lib/secret-path");
    if (bytes == "bad") return fail(Fault::kUploadRange, "out of order");
    seen_.written += bytes;
    return {};
  }
  Response finish() override {
    if (seen_.written == "late boom") throw std::runtime_error("/var/lib/secret-path is broken");
    seen_.finished = true;
    return Response::of(201);
  }
  void abandon(std::string_view why) override { seen_.abandoned = why; }

 private:
  Seen& seen_;
};

class CoreTest : public testing::Test {
 protected:
  Routes routes() {
    const auto pull = Permission::repository(Action::kPull);
    const auto push = Permission::repository(Action::kPush);
    return {
        {Method::kGet, "/v2/", Permission::signed_in(), ok()},
        {Method::kGet, "/v2/{name+}/manifests/{reference}", pull, ok()},
        {Method::kDelete, "/v2/{name+}/manifests/{reference}", Permission::repository(Action::kDelete), ok()},
        {Method::kPost, "/v2/{name+}/blobs/uploads/", push, upload()},
        {Method::kGet, "/service/token", Permission::open(), ok()},
        {Method::kGet, "/healthz", Permission::open(), ok()},
        {Method::kGet, "/api/v1/me", Permission::signed_in(), who()},
        {Method::kPost, "/api/v1/echo", Permission::signed_in(), echo(), 10},
        {Method::kGet, "/api/v1/tagged", Permission::signed_in(), tagged()},
        {Method::kGet, "/api/v1/unsupported", Permission::signed_in(), unsupported()},
        {Method::kPost, "/api/v1/unsupported", Permission::signed_in(), ok()},
        {Method::kGet, "/api/v1/boom/{kind}", Permission::signed_in(), boom()},
        {Method::kGet, "/api/v1/workspaces/{workspace}", Permission::workspace(Action::kSeeWorkspace), ok()},
    };
  }

  static Handler ok() {
    return [](Call&) { return Response::text(200, "text/plain", "hello"); };
  }
  static Handler who() {
    return [](Call& call) {
      return Response::text(200, "text/plain",
                            fmt::format("{} {} {}", call.actor.name, call.actor.address, call.actor.request_id));
    };
  }
  static Handler echo() {
    return [](Call& call) { return Response::text(200, "text/plain", std::move(call.body)); };
  }
  static Handler tagged() {
    return [](Call&) {
      auto response = Response::text(200, "application/json", "{}");
      response.headers.set("ETag", R"("v1")");
      return response;
    };
  }
  static Handler unsupported() {
    return [](Call& call) { return answer(call, Error::of(Fault::kUnsupported, "not here")); };
  }
  static Handler boom() {
    return [](Call& call) -> Response {
      const auto& kind = call.param("kind");
      if (kind == "database_gone") throw db::Failure("host=10.0.0.7 refused", true);
      if (kind == "database_bug") throw db::Failure("no such column: pasword", false);
      if (kind == "disk_full") throw std::system_error(ENOSPC, std::generic_category(), "/var/lib/secret-path");
      if (kind == "disk_broken") throw std::system_error(EIO, std::generic_category(), "/var/lib/secret-path");
      if (kind == "no_exception_type") throw 42;
      throw std::runtime_error("secret reason");
    };
  }
  StreamHandler upload() {
    return [this](Call& call) -> std::variant<Response, std::unique_ptr<BodySink>> {
      if (call.request.query.find("mount")) return Response::of(201);
      if (call.request.query.find("boom")) throw std::runtime_error("secret reason");
      return std::make_unique<RecordingSink>(seen_);
    };
  }

  static Request make_request(Method method, std::string_view path, std::string_view login = "") {
    Request request;
    request.method = method;
    request.path = std::string(path.substr(0, path.find('?')));
    if (const auto query = path.find('?'); query != std::string_view::npos)
      request.query = Query::parse(path.substr(query + 1)).value();
    request.host = "r.example.com";
    request.peer_address = "192.0.2.1";
    request.request_id = "0123456789abcdef0123456789abcdef";
    if (!login.empty()) request.headers.set("Authorization", fmt::format("Bearer {}", login));
    return request;
  }

  Response send(Request request, std::string body = "") {
    auto dispatch = core_.begin(std::move(request));
    if (auto* refused = std::get_if<Dispatch::Refused>(&dispatch.next)) return std::move(refused->response);
    if (auto* buffered = std::get_if<Dispatch::Buffered>(&dispatch.next)) return buffered->run(std::move(body));
    ADD_FAILURE() << "this route streams";
    return Response::of(0);
  }
  Response get(std::string_view path, std::string_view login = "") {
    return send(make_request(Method::kGet, path, login));
  }

  std::unique_ptr<BodySink> stream(std::string_view path) {
    auto dispatch = core_.begin(make_request(Method::kPost, path, "eve"));
    auto* streamed = std::get_if<Dispatch::Streamed>(&dispatch.next);
    return streamed ? std::move(streamed->sink) : nullptr;
  }

  std::string metrics() const { return metrics_text(registry_); }
  static std::string counted(std::string_view method, std::string_view route, int status, int times = 1) {
    return fmt::format("berth_http_requests_total{{method=\"{}\",route=\"{}\",status=\"{}\"}} {}", method, route,
                       status, times);
  }

  Seen seen_;
  ManualClock clock_;
  prometheus::Registry registry_;
  access::SnapshotPtr snapshot_ = town().world.snapshot();
  Core core_{routes(),
             Core::Dependencies{.snapshot = [this] { return snapshot_; },
                                .clock = clock_,
                                .authenticate = authenticate,
                                .repositories =
                                    [](SpaceId, const RepositoryPath& path) {
                                      return access::RepositoryTarget{.path = path, .exists = false, .home = {}};
                                    },
                                .metrics = registry_},
             Core::Settings{.public_url = "https://r.example.com", .log_requests = false}};
};

using testing::HasSubstr;
using testing::Not;

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
  EXPECT_EQ(response.headers.find("Cache-Control"), std::nullopt);
  EXPECT_EQ(response.headers.find("X-Request-Id"), "0123456789abcdef0123456789abcdef");
}

TEST_F(CoreTest, the_ping_challenges_although_anonymous_pull_is_on) {
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

TEST_F(CoreTest, anonymous_is_challenged_for_private_and_unknown_alike) {
  const auto hidden = get("/v2/shop/web/manifests/1");
  const auto unknown = get("/v2/nowhere/web/manifests/1");
  EXPECT_EQ(hidden.status, 401);
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(text_of(hidden), text_of(unknown));
  EXPECT_THAT(std::string(hidden.headers.find("WWW-Authenticate").value()),
              HasSubstr(R"(scope="repository:shop/web:pull")"));
}

TEST_F(CoreTest, foreign_and_unknown_are_one_answer) {
  const auto foreign = get("/v2/shop/web/manifests/1", "bob");
  const auto unknown = get("/v2/nowhere/web/manifests/1", "bob");
  EXPECT_EQ(foreign.status, 404);
  EXPECT_EQ(text_of(foreign), text_of(unknown));
  EXPECT_EQ(foreign.headers.find("WWW-Authenticate"), std::nullopt);
}

TEST_F(CoreTest, a_wrong_token_is_told_so) {
  const auto response = get("/v2/library/base/manifests/1", "nobody");
  EXPECT_EQ(response.status, 401);
  EXPECT_THAT(std::string(response.headers.find("WWW-Authenticate").value()), HasSubstr(R"(error="invalid_token")"));
}

TEST_F(CoreTest, a_small_scope_is_told_what_to_ask_for) {
  const auto response = get("/v2/shop/api/manifests/1", "token:vic:shop/web");
  EXPECT_EQ(response.status, 401);
  EXPECT_THAT(std::string(response.headers.find("WWW-Authenticate").value()),
              HasSubstr(R"(scope="repository:shop/api:pull",error="insufficient_scope")"));
}

TEST_F(CoreTest, deleting_what_one_only_sees_is_denied) {
  const auto response = send(make_request(Method::kDelete, "/v2/shop/web/manifests/1", "vic"));
  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(text_of(response), HasSubstr("DENIED"));
}

TEST_F(CoreTest, the_token_service_answers_for_wrong_credentials) {
  EXPECT_EQ(get("/service/token").status, 200);
  const auto response = get("/service/token", "nobody");
  EXPECT_EQ(response.status, 401);
  EXPECT_THAT(text_of(response), HasSubstr("UNAUTHORIZED"));
  EXPECT_EQ(response.headers.find("WWW-Authenticate"), R"(Basic realm="r.example.com")");
}

TEST_F(CoreTest, a_stale_session_keeps_nobody_from_open_routes) {
  EXPECT_EQ(get("/healthz", "nobody").status, 200);
}

TEST_F(CoreTest, rest_is_never_anonymous) {
  const auto response = get("/api/v1/workspaces/retail");
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/problem+json");
  EXPECT_EQ(response.headers.find("WWW-Authenticate"), R"(Bearer realm="berth")");
}

TEST_F(CoreTest, a_change_is_effective_at_the_next_request) {
  EXPECT_EQ(get("/v2/library/base/manifests/1").status, 200);
  auto changed = *snapshot_;
  changed.anonymous_pull = false;
  snapshot_ = std::make_shared<const access::Snapshot>(changed);
  EXPECT_EQ(get("/v2/library/base/manifests/1").status, 401);
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

TEST_F(CoreTest, a_streaming_handler_may_answer_at_once) {
  const auto response = send(make_request(Method::kPost, "/v2/shop/web/blobs/uploads/?mount=x", "eve"));
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(send(make_request(Method::kPost, "/v2/shop/web/blobs/uploads/?boom=x", "eve")).status, 500);
}

TEST_F(CoreTest, a_body_streams_into_the_sink_and_is_counted_at_its_end) {
  const auto sink = stream("/v2/shop/web/blobs/uploads/");
  ASSERT_TRUE(sink);
  EXPECT_THAT(metrics(), HasSubstr("berth_http_requests_in_flight 1"));
  EXPECT_TRUE(sink->write("he").has_value());
  EXPECT_TRUE(sink->write("llo").has_value());
  const auto response = sink->finish();
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers.find("Docker-Distribution-Api-Version"), "registry/2.0");
  EXPECT_EQ(seen_.written, "hello");
  EXPECT_THAT(metrics(), HasSubstr(counted("POST", "/v2/{name+}/blobs/uploads/", 201)));
  EXPECT_THAT(metrics(), HasSubstr("berth_http_requests_in_flight 0"));
}

TEST_F(CoreTest, exceptions_of_a_sink_are_answers) {
  const auto sink = stream("/v2/shop/web/blobs/uploads");
  ASSERT_TRUE(sink);
  for (const auto& [bytes, status] : {std::pair{"boom", 500}, {"full", 503}, {"bad", 416}}) {
    const auto written = sink->write(bytes);
    ASSERT_FALSE(written.has_value());
    const auto response = sink->refuse(written.error());
    EXPECT_EQ(response.status, status) << bytes;
    EXPECT_THAT(text_of(response), Not(HasSubstr("secret-path")));
  }
  sink->abandon("the write failed");
  EXPECT_EQ(seen_.abandoned, "the write failed");
  EXPECT_THAT(metrics(), HasSubstr(counted("POST", "/v2/{name+}/blobs/uploads/", 500))) << "the first answer counts";
  EXPECT_THAT(metrics(), Not(HasSubstr("status=\"499\"")));
}

TEST_F(CoreTest, an_exception_at_the_end_of_a_stream_is_a_500) {
  const auto sink = stream("/v2/shop/web/blobs/uploads/");
  ASSERT_TRUE(sink);
  EXPECT_TRUE(sink->write("late boom").has_value());
  const auto response = sink->finish();
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(text_of(response), Not(HasSubstr("secret-path")));
}

TEST_F(CoreTest, clients_that_left_are_counted_apart) {
  const auto sink = stream("/v2/shop/web/blobs/uploads/");
  ASSERT_TRUE(sink);
  sink->abandon("the client left");
  EXPECT_EQ(seen_.abandoned, "the client left");
  EXPECT_THAT(metrics(), HasSubstr(counted("POST", "/v2/{name+}/blobs/uploads/", 499)));
  {
    [[maybe_unused]] const auto dropped = core_.begin(make_request(Method::kPost, "/api/v1/echo", "alice"));
  }
  EXPECT_THAT(metrics(), HasSubstr(counted("POST", "/api/v1/echo", 499)));
  EXPECT_THAT(metrics(), HasSubstr("berth_http_requests_in_flight 0"));
}

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

}  // namespace
}  // namespace berth::http
