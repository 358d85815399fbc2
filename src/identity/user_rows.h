#pragma once

#include "identity/users.h"

/// The users table, inside somebody's transaction.
namespace berth::identity::rows {

/// "SELECT … FROM users" without WHERE; read with to_record().
[[nodiscard]] std::vector<UserRecord> select_users(db::Connection& tx, std::string_view where,
                                                   std::span<const db::Param> params);
[[nodiscard]] std::optional<UserRecord> find_user(db::Connection& tx, const std::string& login);
[[nodiscard]] std::optional<UserRecord> find_user(db::Connection& tx, UserId id);

/// kConflict when the login is taken.
[[nodiscard]] Result<UserRecord> insert_user(db::Connection& tx, const NewUser& user, const PasswordHash& hash,
                                             Time now);
void update_user(db::Connection& tx, const UserRecord& user, const std::optional<PasswordHash>& hash);

/// Takes along what acts for the user, and touches all of it.
void delete_user(db::Connection& tx, state::SnapshotStore& snapshots, UserId id);

/// Administrators that are not disabled.
[[nodiscard]] std::int64_t count_administrators(db::Connection& tx);

}  // namespace berth::identity::rows
