#include "fuzz/platform.h"

namespace berth::fuzz {
namespace {

using http::Method;

// The least that argon2 takes: what is tested is not its strength.
identity::Settings cheap_settings() {
  identity::Settings settings;
  settings.public_url = "https://registry.example";
  settings.password_cost = {.memory_kib = 8, .passes = 1};
  return settings;
}

UserId add_administrator(db::Database& database, state::SnapshotStore& snapshots) {
  return *database.write([&](db::Connection& tx) -> Result<UserId> {
    const auto row = tx.one<std::int64_t>(
        "INSERT INTO users (login, platform_role, created_at) VALUES ('root', 'administrator', 1) RETURNING id");
    state::touch(tx, snapshots, state::Aggregate::kUser, std::get<0>(*row));
    return UserId(std::get<0>(*row));
  });
}

access::RepositoryTarget unknown_repository(SpaceId, const RepositoryPath& path) {
  return {.path = path, .exists = false, .home = std::nullopt};
}

/// What each parameter of a path stands for in this platform.
std::string with_names(std::string_view pattern) {
  static const std::map<std::string, std::string, std::less<>> kNames = {
      {"{workspace}", "team"}, {"{user}", "someone"}, {"{group}", "crew"}, {"{registry}", "berth"},
      {"{space}", "apps"},     {"{cluster}", "prod"}, {"{kind}", "user"},  {"{principal}", "someone"},
  };
  std::string path;
  while (!pattern.empty()) {
    const auto open = std::min(pattern.find('{'), pattern.size());
    path += pattern.substr(0, open);
    pattern.remove_prefix(open);
    if (pattern.empty()) break;
    const auto parameter = pattern.substr(0, pattern.find('}') + 1);
    const auto known = kNames.find(parameter);
    path += known == kNames.end() ? "1" : known->second;  // the rest are ids
    pattern.remove_prefix(parameter.size());
  }
  return path;
}

bool takes_a_body(Method method) {
  return method == Method::kPost || method == Method::kPut || method == Method::kPatch;
}

}  // namespace

http::Routes Platform::routes() {
  auto all = identity::routes(identity_);
  std::ranges::move(tenancy::routes(tenancy_), std::back_inserter(all));
  return all;
}

Platform::Platform()
    : identity_({*database_, snapshots_, clock_}, box_, unknown_repository, cheap_settings()),
      tenancy_(tenancy::Context{*database_, snapshots_}) {
  administrator_ = add_administrator(*database_, snapshots_);
  tenancy::ensure_embedded_registry(tenancy_.context, RegistryName::trusted("berth"), clock_.now());
  auto table = routes();
  for (const auto& route : table)
    if (takes_a_body(route.method)) targets_.push_back({route.method, with_names(route.pattern)});
  const auto authenticate = [this](const http::Request& request, bool registry, const access::Snapshot& snapshot,
                                   Time now) -> Result<access::Subject> {
    if (registry) return identity_.authenticator.authenticate(request, identity::Surface::kRegistry, snapshot, now);
    return access::Subject{.who = access::UserSubject{*administrator_, std::nullopt}, .scope = std::nullopt};
  };
  core_.emplace(std::move(table),
                http::Core::Dependencies{.snapshot = [this] { return snapshots_.current(); },
                                         .clock = clock_,
                                         .authenticate = authenticate,
                                         .repositories = unknown_repository,
                                         .metrics = metrics_},
                http::Core::Settings{.public_url = "https://registry.example", .log_requests = false});
  const std::pair<std::string_view, std::string_view> seeds[] = {
      {"/api/v1/workspaces", R"({"name":"team"})"},
      {"/api/v1/users", R"({"login":"someone","password":"correct horse"})"},
      {"/api/v1/groups", R"({"name":"crew"})"},
      {"/api/v1/registries/berth/spaces", R"({"name":"apps","public":true})"},
      {"/api/v1/clusters", R"({"name":"prod","uid":"uid-1"})"},
      {"/api/v1/namespaces", R"({"cluster":"prod","name":"web","uid":"uid-2","workspace":"team"})"},
      {"/api/v1/workspaces/team/robots", R"({"name":"ci"})"},
  };
  for (const auto& [path, body] : seeds) {
    http::Request request;
    request.method = Method::kPost;
    request.path = path;
    request.headers.add("Content-Type", "application/json");
    if (send(std::move(request), std::string(body)).status != 201)
      throw std::runtime_error(fmt::format("the platform has no {}", path));
  }
}

http::Response Platform::send(http::Request request, std::string body) {
  request.host = "registry.example";
  request.scheme = "https";
  request.peer_address = "192.0.2.1";
  request.has_body = !body.empty();
  request.content_length = body.size();
  auto dispatch = core_->begin(std::move(request));
  if (auto* refused = std::get_if<http::Dispatch::Refused>(&dispatch.next)) return std::move(refused->response);
  return std::get<http::Dispatch::Buffered>(dispatch.next).run(std::move(body));
}

}  // namespace berth::fuzz
