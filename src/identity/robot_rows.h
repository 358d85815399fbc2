#pragma once

#include "identity/robots.h"

/// The robots table, inside somebody's transaction.
namespace berth::identity::rows {

[[nodiscard]] std::vector<RobotRecord> select_robots(db::Connection& tx, std::string_view where,
                                                     std::span<const db::Param> params);
/// Locks the row where rows can be locked.
[[nodiscard]] std::optional<RobotRecord> find_robot(db::Connection& tx, const RobotKey& key);
/// Fills in the id. Throws db::UniqueViolation for a login that is taken.
void insert_robot(db::Connection& tx, RobotRecord& robot, std::string_view secret);
void update_robot(db::Connection& tx, const RobotRecord& robot);

/// "owner_workspace_id" or "owner_user_id", and the id in it.
[[nodiscard]] std::string_view owner_column(const RobotOwner& owner);
[[nodiscard]] std::int64_t owner_id(const RobotOwner& owner);
/// The owner's name or login; nullopt when the owner is gone.
[[nodiscard]] std::optional<std::string> owner_name(db::Connection& tx, const RobotOwner& owner);

}  // namespace berth::identity::rows
