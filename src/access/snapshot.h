#pragma once

#include <memory>
#include <string>

#include "access/model.h"
#include "access/table.h"

namespace berth::access {

/// Everything the access rule reads, at one version of the database. Immutable; shared by shared_ptr for the length of
/// a request; any thread may read it. state::SnapshotStore makes and replaces it.
struct Snapshot {
  std::int64_t version = 0;

  Table<UserId, User> users;
  Table<GroupId, Group> groups;
  Table<WorkspaceId, Workspace> workspaces;
  Table<RegistryId, Registry> registries;
  Table<SpaceId, Space> spaces;
  Table<NamespaceId, Namespace> namespaces;
  Table<RobotId, Robot> robots;
  Table<AccessTokenId, AccessToken> tokens;

  // By name. Space names are keyed by space_key().
  Table<std::string, UserId> user_by_login;
  Table<std::string, WorkspaceId> workspace_by_name;
  Table<std::string, RegistryId> registry_by_name;
  Table<std::string, SpaceId> space_by_name;
  Table<std::string, RobotId> robot_by_name;
  Table<std::string, NamespaceId> namespace_by_credential;  // by the credential's user name
  Table<std::string, AccessTokenId> token_by_hash;          // by secret_hash

  Table<SpaceId, std::monostate> public_spaces;  // exactly { s : public(s) }

  RegistryId embedded;         // the registry that /v2 serves
  bool anonymous_pull = true;  // the platform's setting
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

[[nodiscard]] inline std::string space_key(RegistryId registry, const SpaceName& name) {
  return std::to_string(registry.value()) + "/" + name.text();
}

/// public(s): its own switch, or its registry's; platform-scoped registries only.
[[nodiscard]] bool is_public(const Snapshot& snapshot, const Space& space);

/// The registry that /v2 serves: the oldest one of kind berth without an address; 0 before there is one.
[[nodiscard]] RegistryId find_embedded(const Snapshot& snapshot);

}  // namespace berth::access
