#pragma once

#include <system_error>

#include "base/encoding.h"
#include "base/json.h"
#include "db/database.h"
#include "http/core.h"
#include "http/tests/support/town.h"

namespace berth::http::test {

using access::Action;
using access::testing::anonymous;
using access::testing::as;

inline std::string text_of(const Response& response) {
  std::string text;
  for (const auto& piece : response.body) text += std::get<std::string>(piece);
  return text;
}

/// Credentials of the test: "Bearer <login>", or "Bearer token:<login>:<repository>" for a registry token to pull.
inline Result<access::Subject> authenticate(const Request& request, bool registry, const access::Snapshot& snapshot,
                                            Time) {
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

/// The core over a small town, with routes of every kind; who asks is named, and is believed.
class CoreFixture : public ::testing::Test {
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

}  // namespace berth::http::test
