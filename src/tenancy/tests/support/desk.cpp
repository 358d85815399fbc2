#include "tenancy/tests/support/desk.h"

namespace berth::tenancy::testing {
namespace {

Result<access::Subject> authenticate(const http::Request& request, bool, const access::Snapshot& snapshot, Time) {
  const auto who = std::string(request.headers.find("X-Who").value_or(""));
  if (who.empty()) return access::Subject{};
  if (who.starts_with("robot:")) {
    const auto* robot = snapshot.robot_by_name.find(who.substr(6));
    if (!robot) return fail(Fault::kUnauthenticated, "no such robot");
    return access::Subject{.who = access::RobotSubject{*robot}, .scope = {}};
  }
  if (who.starts_with("reader:")) {
    const auto* token = snapshot.token_by_hash.find("hash of " + who.substr(7));
    if (!token) return fail(Fault::kUnauthenticated, "no such token");
    return access::Subject{.who = access::UserSubject{snapshot.tokens.find(*token)->user, *token}, .scope = {}};
  }
  const auto* user = snapshot.user_by_login.find(who);
  if (!user) return fail(Fault::kUnauthenticated, "no such user");
  return access::Subject{.who = access::UserSubject{*user, std::nullopt}, .scope = {}};
}

std::string body_of(const http::Response& response) {
  std::string text;
  for (const auto& piece : response.body) text += std::get<std::string>(piece);
  return text;
}

http::Request request_of(std::string_view who, http::Method method, std::string_view target, const With& with) {
  http::Request request;
  request.method = method;
  request.target = target;
  request.path = target.substr(0, target.find('?'));
  if (const auto mark = target.find('?'); mark != std::string_view::npos)
    request.query = http::Query::parse(target.substr(mark + 1)).value();
  request.headers.add("X-Who", std::string(who));
  request.headers.add("Content-Type", "application/json");
  if (!with.if_match.empty()) request.headers.add("If-Match", with.if_match);
  request.peer_address = "192.0.2.7";
  request.host = "berth.example";
  request.request_id = "0123456789abcdef0123456789abcdef";
  return request;
}

std::vector<std::string> strings(const json::array* array) {
  std::vector<std::string> all;
  if (array)
    for (const auto& each : *array) all.emplace_back(each.as_string());
  return all;
}

std::string one_line(const std::optional<std::string>& text) {
  return text.value_or("-");
}

}  // namespace

std::string Answer::text(std::string_view key) const {
  return std::string(find_string(body, key).value_or(""));
}

std::int64_t Answer::id() const {
  return find_int(body, "id").value_or(0);
}

std::vector<std::string> Answer::subjects() const {
  return strings(find_array(body, "subjects"));
}

std::vector<std::string> Answer::items(std::string_view key) const {
  std::vector<std::string> all;
  const auto* array = find_array(body, "items");
  if (!array) return {"no items"};
  for (const auto& each : *array) all.emplace_back(find_string(each, key).value_or("?"));
  return all;
}

Desk::Desk(db::Database& database)
    : database_(database),
      snapshots_(database),
      tenancy_(Context{database, snapshots_}),
      core_(routes(tenancy_),
            {.snapshot = [this] { return snapshots_.current(); },
             .clock = clock_,
             .authenticate = authenticate,
             .repositories =
                 [](SpaceId, const RepositoryPath& path) {
                   return access::RepositoryTarget{.path = path, .exists = false, .home = {}};
                 },
             .metrics = metrics_},
            {.public_url = "", .log_requests = false}) {
  user("root", "administrator");
  user("otto", "auditor");
  user("nobody");
  ensure_embedded_registry(Context{database, snapshots_}, RegistryName::trusted("berth"), clock_.now());
}

Answer Desk::ask(std::string_view who, http::Method method, std::string_view target, With with) {
  auto dispatch = core_.begin(request_of(who, method, target, with));
  http::Response response;
  if (auto* refused = std::get_if<http::Dispatch::Refused>(&dispatch.next)) {
    response = std::move(refused->response);
  } else {
    auto body = with.body.is_null() ? with.raw : json::serialize(with.body);
    response = std::get<http::Dispatch::Buffered>(dispatch.next).run(std::move(body));
  }
  Answer answer{.status = response.status, .body = nullptr, .headers = response.headers};
  if (const auto text = body_of(response); !text.empty()) answer.body = parse_json(text).value();
  return answer;
}

std::int64_t Desk::id_of(std::string_view table, std::string_view name) {
  const auto row = database_.read([&](db::Connection& tx) {
    return tx.one<std::int64_t>(fmt::format("SELECT id FROM {} WHERE name = :name", table), name);
  });
  if (!row) throw std::runtime_error(fmt::format("no {} named {}", table, name));
  return std::get<0>(*row);
}

UserId Desk::user(std::string_view login, std::string_view platform_role) {
  return database_
      .write([&](db::Connection& tx) -> Result<UserId> {
        const auto row = tx.one<std::int64_t>(
            "INSERT INTO users (login, platform_role, created_at) VALUES (:login, :role, 1) RETURNING id", login,
            platform_role);
        state::touch(tx, snapshots_, state::Aggregate::kUser, std::get<0>(*row));
        return UserId(std::get<0>(*row));
      })
      .value();
}

void Desk::group(std::string_view name, std::vector<std::string> logins) {
  (void)database_.write([&](db::Connection& tx) -> Result<void> {
    const auto row = tx.one<std::int64_t>("INSERT INTO groups (name, created_at) VALUES (:name, 1) RETURNING id", name);
    state::touch(tx, snapshots_, state::Aggregate::kGroup, std::get<0>(*row));
    for (const auto& login : logins) {
      const auto user = tx.one<std::int64_t>("SELECT id FROM users WHERE login = :login", login);
      tx.execute("INSERT INTO group_members (group_id, user_id) VALUES (:group, :user)", std::get<0>(*row),
                 std::get<0>(*user));
      state::touch(tx, snapshots_, state::Aggregate::kUser, std::get<0>(*user));
    }
    return {};
  });
}

void Desk::robot(std::string_view name, std::string_view workspace) {
  const auto owner = id_of("workspaces", workspace);
  (void)database_.write([&](db::Connection& tx) -> Result<void> {
    const auto row = tx.one<std::int64_t>(
        "INSERT INTO robots (name, owner_workspace_id, secret_hash, grants, created_by, created_at)"
        " VALUES (:name, :owner, 'x', :grants, 'test', 1) RETURNING id",
        name, owner, R"({"api":"read","spaces":[{"verbs":["pull","push"]}]})");
    state::touch(tx, snapshots_, state::Aggregate::kRobot, std::get<0>(*row));
    return {};
  });
}

void Desk::read_token(std::string_view login, std::string_view grants) {
  (void)database_.write([&](db::Connection& tx) -> Result<void> {
    const auto user = tx.one<std::int64_t>("SELECT id FROM users WHERE login = :login", login);
    const auto row = tx.one<std::int64_t>(
        "INSERT INTO access_tokens (user_id, name, secret_hash, grants, created_at)"
        " VALUES (:user, 'token', :hash, :grants, 1) RETURNING id",
        std::get<0>(*user), fmt::format("hash of {}", login), grants);
    state::touch(tx, snapshots_, state::Aggregate::kAccessToken, std::get<0>(*row));
    return {};
  });
}

RegistryId Desk::registry(std::string_view name, std::string_view workspace, std::string_view address) {
  const auto scope = workspace.empty() ? std::nullopt : std::optional(id_of("workspaces", workspace));
  return database_
      .write([&](db::Connection& tx) -> Result<RegistryId> {
        const auto row = tx.one<std::int64_t>(
            "INSERT INTO registries (name, kind, origin, scope_workspace_id, address, created_at)"
            " VALUES (:name, 'harbor', :origin, :scope, :address, 1) RETURNING id",
            name, scope ? "associated" : "integrated", scope, address);
        state::touch(tx, snapshots_, state::Aggregate::kRegistry, std::get<0>(*row));
        if (scope) state::touch(tx, snapshots_, state::Aggregate::kWorkspace, *scope);
        return RegistryId(std::get<0>(*row));
      })
      .value();
}

void Desk::space(std::string_view registry, std::string_view name) {
  const auto in = id_of("registries", registry);
  (void)database_.write([&](db::Connection& tx) -> Result<void> {
    const auto row = tx.one<std::int64_t>(
        "INSERT INTO spaces (registry_id, name, created_at) VALUES (:registry, :name, 1) RETURNING id", in, name);
    state::touch(tx, snapshots_, state::Aggregate::kSpace, std::get<0>(*row));
    state::touch(tx, snapshots_, state::Aggregate::kRegistry, in);
    return {};
  });
}

void Desk::repository(std::string_view space, std::string_view name, std::string_view home) {
  const auto in = id_of("spaces", space);
  const auto workspace = home.empty() ? std::nullopt : std::optional(id_of("workspaces", home));
  (void)database_.write([&](db::Connection& tx) -> Result<void> {
    tx.execute(
        "INSERT INTO repositories (space_id, name, home_workspace_id, created_at, updated_at)"
        " VALUES (:space, :name, :home, 1, 1)",
        in, name, workspace);
    return {};
  });
}

void Desk::upload(std::string_view space, std::string_view repository) {
  const auto in = id_of("spaces", space);
  (void)database_.write([&](db::Connection& tx) -> Result<void> {
    tx.execute(
        "INSERT INTO uploads (id, space_id, repository, subject, created_at, expires_at)"
        " VALUES ('u1', :space, :repository, 'user:1', 1, 2)",
        in, repository);
    return {};
  });
}

void Desk::workspace(std::string_view name, std::string_view admin) {
  EXPECT_EQ(post("root", "/api/v1/workspaces", {{"name", name}}).status, 201) << name;
  if (!admin.empty()) member(name, admin, "admin");
}

void Desk::member(std::string_view workspace, std::string_view login, std::string_view role) {
  const auto known = database_.read([&](db::Connection& tx) {
    return tx.one<std::int64_t>("SELECT id FROM users WHERE login = :login", login).has_value();
  });
  if (!known) user(login);
  const auto target = fmt::format("/api/v1/workspaces/{}/members/user/{}", workspace, login);
  EXPECT_LT(put("root", target, json::object{{"role", role}}).status, 300) << target;
}

std::int64_t Desk::name_space(std::string_view name, std::string_view workspace) {
  if (count("clusters") == 0)
    EXPECT_EQ(post("root", "/api/v1/clusters", {{"name", "c1"}, {"uid", "c1-uid"}}).status, 201);
  json::object body{{"cluster", "c1"}, {"name", name}, {"uid", fmt::format("uid-{}", name)}};
  if (!workspace.empty()) body["workspace"] = workspace;
  const auto made = post("root", "/api/v1/namespaces", body);
  EXPECT_EQ(made.status, 201) << name;
  return made.id();
}

void Desk::berth_space(std::string_view name, json::object more) {
  more["name"] = name;
  EXPECT_EQ(post("root", "/api/v1/registries/berth/spaces", more).status, 201) << name;
}

void Desk::bind(std::string_view space, std::string_view workspace, std::string_view access) {
  const json::object body{{"spaces", json::array{fmt::format("berth/{}", space)}},
                          {"workspaces", json::array{workspace}},
                          {"access", access}};
  EXPECT_EQ(post("root", "/api/v1/bindings", body).status, 200) << space << " " << workspace;
}

access::SnapshotPtr Desk::loaded() const {
  return state::SnapshotStore(database_).current();
}

std::vector<std::string> Desk::audit(std::string_view kind) {
  auto records = database_.read(
      [](db::Connection& tx) { return events::read_audit(tx, {.workspace = {}, .before_id = {}, .limit = 1000}); });
  std::vector<std::string> lines;
  for (const auto& record : records)
    if (record.change.target_kind == kind)
      lines.push_back(fmt::format("{} {} {}: {} -> {}", record.actor.name, record.change.action,
                                  record.change.target_name, one_line(record.change.before),
                                  one_line(record.change.after)));
  std::ranges::reverse(lines);
  return lines;
}

std::int64_t Desk::count(std::string_view table) {
  return database_.read([&](db::Connection& tx) {
    return std::get<0>(*tx.one<std::int64_t>(fmt::format("SELECT COUNT(*) FROM {}", table)));
  });
}

std::vector<std::string> Desk::visible(std::string_view workspace) const {
  const auto now = snapshot();
  std::vector<std::string> names;
  for (const auto id :
       access::Decider(*now, clock_.now()).visible_to(*now->workspace_by_name.find(std::string(workspace))))
    names.push_back(full_name(*now, id));
  std::ranges::sort(names);
  return names;
}

}  // namespace berth::tenancy::testing
