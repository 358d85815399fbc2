#include "identity/tests/support/world.h"

#include "base/encoding.h"
#include "base/sha.h"

namespace berth::identity::testing {
namespace {

// The least that argon2 takes: what is tested is not its strength.
Settings cheap_settings() {
  Settings settings;
  settings.password_cost = {.memory_kib = 8, .passes = 1};
  return settings;
}

const events::Actor kTest{.name = "test", .address = "", .request_id = ""};

http::Request request_of(const Ask& ask) {
  http::Request request;
  request.method = ask.method;
  request.target = ask.target;
  const auto question = ask.target.find('?');
  request.path = ask.target.substr(0, question);
  if (question != std::string::npos) request.query = http::Query::parse(ask.target.substr(question + 1)).value();
  if (ask.body.starts_with('{')) request.headers.add("Content-Type", "application/json");
  for (const auto& [name, value] : ask.headers) request.headers.set(name, value);
  request.has_body = !ask.body.empty();
  request.content_length = ask.body.size();
  request.peer_address = ask.address;
  request.scheme = ask.scheme;
  request.host = "berth.test";
  return request;
}

Answer answer_of(http::Response response) {
  Answer answer{.status = response.status, .headers = response.headers, .text = "", .body = nullptr};
  for (const auto& piece : response.body) answer.text += std::get<std::string>(piece);
  if (auto body = parse_json(answer.text)) answer.body = std::move(*body);
  return answer;
}

http::RepositoryLookup home_is(const WorkspaceId& workspace) {
  return [&workspace](SpaceId, const RepositoryPath& path) {
    return access::RepositoryTarget{.path = path, .exists = true, .home = workspace};
  };
}

std::int64_t insert(db::Database& database, std::string_view sql) {
  const auto id = database.write([&](db::Connection& tx) -> Result<std::int64_t> {
    return std::get<0>(tx.one<std::int64_t>(fmt::format("{} RETURNING id", sql)).value());
  });
  return *id;
}

}  // namespace

std::pair<std::string, std::string> basic(std::string_view login, std::string_view password) {
  return {"Authorization", "Basic " + to_base64(fmt::format("{}:{}", login, password))};
}

std::pair<std::string, std::string> bearer(std::string_view token) {
  return {"Authorization", fmt::format("Bearer {}", token)};
}

World::World(db::Database& with)
    : database(with),
      snapshots(database),
      identity({database, snapshots, clock}, box, home_is(retail), cheap_settings()) {
  root = add_user("root", access::PlatformRole::kAdministrator);
  alice = add_user("alice", access::PlatformRole::kNone);
  bob = add_user("bob", access::PlatformRole::kNone);
  add_tenancy();
  core_ = make_core();
}

UserId World::add_user(std::string_view login, access::PlatformRole role) {
  const NewUser user{.login = LoginName::parse(login).value(),
                     .display_name = "",
                     .email = "",
                     .password = std::string(kPassword),
                     .platform_role = role};
  return identity.users.create(user, kTest).value().user.id;
}

void World::add_tenancy() {
  retail = WorkspaceId(insert(database, "INSERT INTO workspaces (name, created_at) VALUES ('retail', 1)"));
  const auto registry = insert(
      database, "INSERT INTO registries (name, kind, origin, created_at) VALUES ('berth', 'berth', 'managed', 1)");
  const auto space = [&](std::string_view name, int is_public) {
    return SpaceId(insert(database, fmt::format("INSERT INTO spaces (registry_id, name, public, created_at) VALUES "
                                                "({}, '{}', {}, 1)",
                                                registry, name, is_public)));
  };
  open = space("open", 1);
  shop = space("shop", 0);
  sql(
      fmt::format("INSERT INTO bindings (space_id, workspace_id, access, created_by, created_at) VALUES "
                  "({}, {}, 'push', 'test', 1)",
                  shop.value(), retail.value()));
  sql(
      fmt::format("INSERT INTO members (workspace_id, principal_kind, principal_id, role, created_at) VALUES "
                  "({0}, 'user', {1}, 'admin', 1), ({0}, 'user', {2}, 'viewer', 1)",
                  retail.value(), alice.value(), bob.value()));
  const auto cluster = insert(database, "INSERT INTO clusters (name, uid, created_at) VALUES ('prod', 'uid-1', 1)");
  web = NamespaceId(insert(database, fmt::format("INSERT INTO namespaces (cluster_id, name, uid, claimed_by, "
                                                 "workspace_id, created_at) VALUES ({0}, 'web', 'uid-2', {1}, {1}, 1)",
                                                 cluster, retail.value())));
  sql(
      fmt::format("INSERT INTO namespace_credentials (namespace_id, username, secret_hash, created_at) VALUES "
                  "({}, 'ns+prod+web+1', '{}', 1)",
                  web.value(), sha256_hex("ns-secret")));
}

void World::sql(std::string_view statement) {
  using state::Aggregate;
  const auto done = database.write([&](db::Connection& tx) -> Result<void> {
    tx.execute(statement);
    // All that the tests change by hand; the embedded registry has the id of the only one.
    for (const auto& [aggregate, table] : {std::pair(Aggregate::kUser, "users"),
                                           {Aggregate::kWorkspace, "workspaces"},
                                           {Aggregate::kRegistry, "registries"},
                                           {Aggregate::kSpace, "spaces"},
                                           {Aggregate::kNamespace, "namespaces"},
                                           {Aggregate::kRobot, "robots"}})
      for (const auto& [id] : tx.query<std::int64_t>(fmt::format("SELECT id FROM {}", table)))
        state::touch(tx, snapshots, aggregate, id);
    return {};
  });
  ASSERT_TRUE(done);
}

std::unique_ptr<http::Core> World::make_core() {
  auto table = routes(identity);
  const http::Handler ok = [](http::Call&) { return http::Response::of(200); };
  const auto probe = [&](http::Method method, access::Action action) {
    table.push_back({method, "/v2/{name+}/probe", http::Permission::repository(action), ok});
  };
  probe(http::Method::kGet, access::Action::kPull);
  probe(http::Method::kPost, access::Action::kPush);
  probe(http::Method::kDelete, access::Action::kDelete);
  http::Core::Dependencies dependencies{
      .snapshot = [this] { return snapshots.current(); },
      .clock = clock,
      .authenticate =
          [this](const http::Request& request, bool registry, const access::Snapshot& snapshot, Time now) {
            const auto surface = registry ? Surface::kRegistry : Surface::kApi;
            auto told = identity.authenticator.authenticate(request, surface, snapshot, now);
            // In every test: what memory says is what the authenticator says.
            const auto recalled = registry ? identity.authenticator.recall(request, snapshot, now) : std::nullopt;
            EXPECT_TRUE(!recalled || (told && access::to_text(*recalled) == access::to_text(*told)));
            return told;
          },
      .await_password = [this](const http::Call& call,
                               std::string_view body) { return identity.login_places.find(call, body); },
      .repositories = home_is(retail),
      .metrics = metrics_};
  return std::make_unique<http::Core>(std::move(table), std::move(dependencies),
                                      http::Core::Settings{.public_url = "", .log_requests = false});
}

Answer World::send(const Ask& ask) {
  auto sent = begin(ask);
  return sent.answer ? std::move(*sent.answer) : sent.go_on();
}

World::Sent World::begin(const Ask& ask) {
  auto dispatch = core_->begin(request_of(ask));
  if (auto* later = std::get_if<http::Dispatch::Later>(&dispatch.next))
    return {std::nullopt, [this, later = std::move(*later), body = ask.body]() mutable {
              auto sent = settle(later.go_on(), body);
              return sent.answer ? std::move(*sent.answer) : sent.go_on();
            }};
  return settle(std::move(dispatch), ask.body);
}

World::Sent World::settle(http::Dispatch dispatch, const std::string& body) {
  if (auto* refused = std::get_if<http::Dispatch::Refused>(&dispatch.next))
    return {answer_of(std::move(refused->response)), {}};
  auto& buffered = std::get<http::Dispatch::Buffered>(dispatch.next);
  if (!buffered.before) return {answer_of(buffered.run(body)), {}};
  auto where = buffered.before(body);
  if (auto* response = std::get_if<http::Response>(&where)) return {answer_of(std::move(*response)), {}};
  if (std::get<http::Dispatch::Pool>(where) == http::Dispatch::Pool::kApi) return {answer_of(buffered.run(body)), {}};
  return {std::nullopt, [run = std::move(buffered.run), body]() mutable { return answer_of(run(body)); }};
}

Answer World::get(std::string target, std::pair<std::string, std::string> credentials) {
  return send({.target = std::move(target), .headers = {std::move(credentials)}});
}

Answer World::post(std::string target, std::string body, std::pair<std::string, std::string> credentials) {
  return change(http::Method::kPost, std::move(target), std::move(body), std::move(credentials));
}

Answer World::change(http::Method method, std::string target, std::string body,
                     std::pair<std::string, std::string> credentials) {
  return send(
      {.method = method, .target = std::move(target), .body = std::move(body), .headers = {std::move(credentials)}});
}

std::string World::registry_token(std::pair<std::string, std::string> credentials, std::string_view scope) {
  return get(fmt::format("/service/token?service=berth.test&scope={}", scope), std::move(credentials)).string("token");
}

int World::probe(std::pair<std::string, std::string> credentials, http::Method method, std::string_view repository) {
  return send(
             {.method = method, .target = fmt::format("/v2/{}/probe", repository), .headers = {std::move(credentials)}})
      .status;
}

std::size_t World::audited(const std::string& action) {
  return database.read([&](db::Connection& tx) {
    const auto row = tx.one<std::int64_t>("SELECT count(*) FROM audit WHERE action = :action", action);
    return static_cast<std::size_t>(std::get<0>(*row));
  });
}

}  // namespace berth::identity::testing
