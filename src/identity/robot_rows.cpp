#include "identity/robot_rows.h"

#include "access/grants_json.h"
#include "base/sha.h"

namespace berth::identity::rows {
namespace {

constexpr std::string_view kSelect =
    "SELECT id, name, description, owner_workspace_id, owner_user_id, grants, disabled, temporary, created_by, "
    "created_at, expires_at, version FROM robots WHERE ";

template <class Owner>
std::optional<std::int64_t> id_if(const RobotOwner& owner) {
  const auto* id = std::get_if<Owner>(&owner);
  return id ? std::optional(id->value()) : std::nullopt;
}

}  // namespace

std::vector<RobotRecord> select_robots(db::Connection& tx, std::string_view where, std::span<const db::Param> params) {
  std::vector<RobotRecord> robots;
  std::int64_t id = 0, disabled = 0, temporary = 0, created_at = 0, version = 0;
  std::string name, description, grants, created_by;
  std::optional<std::int64_t> workspace, user, expires_at;
  const std::array<db::Column, 12> columns{&id,       &name,      &description, &workspace,  &user,       &grants,
                                           &disabled, &temporary, &created_by,  &created_at, &expires_at, &version};
  tx.run(fmt::format("{}{}", kSelect, where), params, columns, [&] {
    robots.push_back({.id = RobotId(id),
                      .login = LoginName::trusted(name),
                      .owner = workspace ? RobotOwner(WorkspaceId(*workspace)) : RobotOwner(UserId(user.value())),
                      .description = description,
                      // As the snapshot has them: what cannot be read grants nothing, and can still be removed.
                      .grants = access::parse_grants(grants).value_or(access::Grants{}),
                      .disabled = disabled != 0,
                      .temporary = temporary != 0,
                      .created_by = created_by,
                      .created_at = from_millis(created_at),
                      .expires_at = expires_at ? std::optional(from_millis(*expires_at)) : std::nullopt,
                      .version = version});
  });
  return robots;
}

std::optional<RobotRecord> find_robot(db::Connection& tx, const RobotKey& key) {
  const std::array params{db::to_param(key.id), db::to_param(owner_id(key.owner))};
  auto found =
      select_robots(tx, fmt::format("id = :id AND {} = :owner{}", owner_column(key.owner), tx.for_update()), params);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

void insert_robot(db::Connection& tx, RobotRecord& robot, std::string_view secret) {
  const auto row = tx.one<std::int64_t>(
      "INSERT INTO robots (name, description, owner_workspace_id, owner_user_id, secret_hash, grants, disabled, "
      "temporary, created_by, created_at, expires_at, version) VALUES (:name, :description, :workspace, :user, "
      ":secret_hash, :grants, :disabled, :temporary, :created_by, :created_at, :expires_at, :version) RETURNING id",
      robot.login, robot.description, id_if<WorkspaceId>(robot.owner), id_if<UserId>(robot.owner), sha256_hex(secret),
      access::to_json_text(robot.grants), robot.disabled, robot.temporary, robot.created_by, robot.created_at,
      robot.expires_at, robot.version);
  robot.id = RobotId(std::get<0>(*row));
}

void update_robot(db::Connection& tx, const RobotRecord& robot) {
  tx.execute(
      "UPDATE robots SET description = :description, grants = :grants, disabled = :disabled, "
      "expires_at = :expires_at, version = :version WHERE id = :id",
      robot.description, access::to_json_text(robot.grants), robot.disabled, robot.expires_at, robot.version, robot.id);
}

std::string_view owner_column(const RobotOwner& owner) {
  return std::holds_alternative<WorkspaceId>(owner) ? "owner_workspace_id" : "owner_user_id";
}

std::int64_t owner_id(const RobotOwner& owner) {
  return std::visit([](auto id) { return id.value(); }, owner);
}

std::optional<std::string> owner_name(db::Connection& tx, const RobotOwner& owner) {
  const auto row = std::holds_alternative<WorkspaceId>(owner)
                       ? tx.one<std::string>("SELECT name FROM workspaces WHERE id = :id", owner_id(owner))
                       : tx.one<std::string>("SELECT login FROM users WHERE id = :id", owner_id(owner));
  return row ? std::optional(std::get<0>(*row)) : std::nullopt;
}

}  // namespace berth::identity::rows
