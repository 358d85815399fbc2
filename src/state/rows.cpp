#include "state/rows.h"

#include "access/grants_json.h"
#include "base/log.h"
#include "state/row_query.h"

namespace berth::state {
namespace {

using Int = std::int64_t;
using Text = std::string;
using MaybeInt = std::optional<std::int64_t>;

/// Grants that cannot be read grant nothing; the rest of the platform goes on.
access::Grants stored_grants(std::string_view kind, Int id, const std::string& text) {
  auto grants = access::parse_grants(std::string_view(text));
  if (grants) return std::move(*grants);
  log::error("grants cannot be read, so they grant nothing",
             {{"kind", kind}, {"id", id}, {"error", grants.error().message}});
  return {};
}

std::variant<WorkspaceId, UserId> owner(MaybeInt workspace, MaybeInt user) {
  if (workspace) return WorkspaceId(*workspace);
  return UserId(user.value_or(0));
}

}  // namespace

std::vector<access::User> read_users(db::Connection& tx, std::optional<UserId> only) {
  std::vector<access::User> users;
  for (auto& [id, login, role, disabled, version] : select<Int, Text, Text, Int, Int>(
           tx, "SELECT id, login, platform_role, disabled, version FROM users", "id", only, "id"))
    users.push_back({.id = UserId(id),
                     .login = LoginName::trusted(std::move(login)),
                     .platform_role = stored<access::PlatformRole>(role),
                     .disabled = disabled != 0,
                     .groups = {},
                     .memberships = {},
                     .version = version});
  const ById<access::User> by_id(users);
  for (const auto& [user, group] :
       select<Int, Int>(tx, "SELECT user_id, group_id FROM group_members", "user_id", only, "user_id, group_id"))
    if (auto* row = by_id.find(user)) row->groups.push_back(GroupId(group));
  for (const auto& [user, workspace, role] : select_members(tx, "user", only))
    if (auto* row = by_id.find(user)) row->memberships.push_back({WorkspaceId(workspace), stored<access::Role>(role)});
  return users;
}

std::vector<access::Group> read_groups(db::Connection& tx, std::optional<GroupId> only) {
  std::vector<access::Group> groups;
  for (auto& [id, name] : select<Int, Text>(tx, "SELECT id, name FROM groups", "id", only, "id"))
    groups.push_back({.id = GroupId(id), .name = std::move(name), .memberships = {}});
  const ById<access::Group> by_id(groups);
  for (const auto& [group, workspace, role] : select_members(tx, "group", only))
    if (auto* row = by_id.find(group)) row->memberships.push_back({WorkspaceId(workspace), stored<access::Role>(role)});
  return groups;
}

std::vector<access::Robot> read_robots(db::Connection& tx, std::optional<RobotId> only) {
  std::vector<access::Robot> robots;
  for (auto& [id, name, workspace, user, hash, grants, disabled, expires] :
       select<Int, Text, MaybeInt, MaybeInt, Text, Text, Int, MaybeInt>(
           tx,
           "SELECT id, name, owner_workspace_id, owner_user_id, secret_hash, grants, disabled, expires_at FROM robots",
           "id", only, "id"))
    robots.push_back({.id = RobotId(id),
                      .name = LoginName::trusted(std::move(name)),
                      .owner = owner(workspace, user),
                      .secret_hash = std::move(hash),
                      .grants = stored_grants("robot", id, grants),
                      .disabled = disabled != 0,
                      .expires_at = optional_time(expires)});
  return robots;
}

std::vector<access::AccessToken> read_access_tokens(db::Connection& tx, std::optional<AccessTokenId> only) {
  std::vector<access::AccessToken> tokens;
  for (auto& [id, user, hash, grants, expires] : select<Int, Int, Text, Text, MaybeInt>(
           tx, "SELECT id, user_id, secret_hash, grants, expires_at FROM access_tokens", "id", only, "id"))
    tokens.push_back({.id = AccessTokenId(id),
                      .user = UserId(user),
                      .secret_hash = std::move(hash),
                      .grants = stored_grants("access token", id, grants),
                      .expires_at = optional_time(expires)});
  return tokens;
}

bool read_anonymous_pull(db::Connection& tx) {
  const auto row = tx.one<Text>("SELECT value FROM settings WHERE name = 'anonymous_pull'");
  return !row || std::get<0>(*row) != "false";
}

}  // namespace berth::state
