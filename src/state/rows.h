#pragma once

#include <optional>
#include <vector>

#include "access/model.h"
#include "db/database.h"

/// Reads the snapshot's rows: all of one kind, or the one with the id. Every list inside a row is sorted, so that the
/// same data reads as the same row however it came about.
namespace berth::state {

[[nodiscard]] std::vector<access::User> read_users(db::Connection& tx, std::optional<UserId> only);
[[nodiscard]] std::vector<access::Group> read_groups(db::Connection& tx, std::optional<GroupId> only);
[[nodiscard]] std::vector<access::Workspace> read_workspaces(db::Connection& tx, std::optional<WorkspaceId> only);
[[nodiscard]] std::vector<access::Registry> read_registries(db::Connection& tx, std::optional<RegistryId> only);
[[nodiscard]] std::vector<access::Space> read_spaces(db::Connection& tx, std::optional<SpaceId> only);
[[nodiscard]] std::vector<access::Namespace> read_namespaces(db::Connection& tx, std::optional<NamespaceId> only);
[[nodiscard]] std::vector<access::Robot> read_robots(db::Connection& tx, std::optional<RobotId> only);
[[nodiscard]] std::vector<access::AccessToken> read_access_tokens(db::Connection& tx,
                                                                  std::optional<AccessTokenId> only);

/// The setting `anonymous_pull`: on, unless it says "false".
[[nodiscard]] bool read_anonymous_pull(db::Connection& tx);

}  // namespace berth::state
