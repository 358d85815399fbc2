#include "identity/user_rows.h"

#include "access/text.h"

namespace berth::identity::rows {
namespace {

constexpr std::string_view kSelect =
    "SELECT id, login, display_name, email, platform_role, disabled, "
    "CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END, created_at, version FROM users ";

std::vector<std::int64_t> ids(db::Connection& tx, std::string_view sql, UserId user) {
  std::vector<std::int64_t> found;
  for (const auto& [id] : tx.query<std::int64_t>(sql, user)) found.push_back(id);
  return found;
}

}  // namespace

std::vector<UserRecord> select_users(db::Connection& tx, std::string_view where, std::span<const db::Param> params) {
  std::vector<UserRecord> users;
  std::int64_t id = 0, disabled = 0, has_password = 0, created_at = 0, version = 0;
  std::string login, display_name, email, role;
  const std::array<db::Column, 9> columns{&id,       &login,        &display_name, &email,  &role,
                                          &disabled, &has_password, &created_at,   &version};
  tx.run(fmt::format("{}{}", kSelect, where), params, columns, [&] {
    users.push_back({.id = UserId(id),
                     .login = LoginName::trusted(login),
                     .display_name = display_name,
                     .email = email,
                     .platform_role = access::parse<access::PlatformRole>(role).value(),
                     .disabled = disabled != 0,
                     .has_password = has_password != 0,
                     .created_at = from_millis(created_at),
                     .version = version});
  });
  return users;
}

std::optional<UserRecord> find_user(db::Connection& tx, const std::string& login) {
  const std::array params{db::to_param(login)};
  auto users = select_users(tx, fmt::format("WHERE login = :login{}", tx.for_update()), params);
  return users.empty() ? std::nullopt : std::optional(std::move(users.front()));
}

std::optional<UserRecord> find_user(db::Connection& tx, UserId id) {
  const std::array params{db::to_param(id)};
  auto users = select_users(tx, fmt::format("WHERE id = :id{}", tx.for_update()), params);
  return users.empty() ? std::nullopt : std::optional(std::move(users.front()));
}

Result<UserRecord> insert_user(db::Connection& tx, const NewUser& user, const PasswordHash& hash, Time now) {
  try {
    const auto row = tx.one<std::int64_t>(
        "INSERT INTO users (login, display_name, email, password_hash, platform_role, created_at) "
        "VALUES (:login, :display_name, :email, :password_hash, :platform_role, :created_at) RETURNING id",
        user.login, user.display_name, user.email, hash.phc, access::to_text(user.platform_role), now);
    return UserRecord{.id = UserId(std::get<0>(*row)),
                      .login = user.login,
                      .display_name = user.display_name,
                      .email = user.email,
                      .platform_role = user.platform_role,
                      .disabled = false,
                      .has_password = true,
                      .created_at = now,
                      .version = 1};
  } catch (const db::UniqueViolation&) {
    return fail(Error::conflict(fmt::format("the login {} is taken", user.login.text())));
  }
}

void update_user(db::Connection& tx, const UserRecord& user, const std::optional<PasswordHash>& hash) {
  tx.execute(
      "UPDATE users SET display_name = :display_name, email = :email, platform_role = :platform_role, "
      "disabled = :disabled, version = :version WHERE id = :id",
      user.display_name, user.email, access::to_text(user.platform_role), user.disabled, user.version, user.id);
  if (hash) tx.execute("UPDATE users SET password_hash = :hash WHERE id = :id", hash->phc, user.id);
}

void delete_user(db::Connection& tx, state::SnapshotStore& snapshots, UserId id) {
  using state::Aggregate;
  std::vector<state::Change> changes{{Aggregate::kUser, id.value()}};
  const auto note = [&](Aggregate aggregate, std::string_view select) {
    for (const auto row : ids(tx, select, id)) changes.push_back({aggregate, row});
  };
  note(Aggregate::kAccessToken, "SELECT id FROM access_tokens WHERE user_id = :user");
  note(Aggregate::kRobot, "SELECT id FROM robots WHERE owner_user_id = :user");
  note(Aggregate::kGroup, "SELECT group_id FROM group_members WHERE user_id = :user");
  note(Aggregate::kWorkspace,
       "SELECT workspace_id FROM members WHERE principal_kind = 'user' AND principal_id = :user");
  state::touch(tx, snapshots, changes);
  tx.execute("DELETE FROM members WHERE principal_kind = 'user' AND principal_id = :user", id);
  tx.execute("DELETE FROM users WHERE id = :user", id);
}

std::int64_t count_administrators(db::Connection& tx) {
  const auto row =
      tx.one<std::int64_t>("SELECT count(*) FROM users WHERE platform_role = 'administrator' AND disabled = 0");
  return std::get<0>(*row);
}

}  // namespace berth::identity::rows
