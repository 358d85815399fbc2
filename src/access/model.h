#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/names.h"

/// The facts that the access rule reads: plain values, no behaviour.
namespace berth::access {

enum class PlatformRole { kNone, kAuditor, kAdministrator };
enum class Role { kViewer, kEditor, kAdmin };
enum class Access { kPull, kPush };  // push includes pull
enum class RegistryKind { kBerth, kHarbor, kDocker };
enum class RegistryOrigin { kManaged, kIntegrated, kAssociated };

/// What a robot, a personal access token or a registry token may at most do on repositories.
struct Verbs {
  bool pull = false;
  bool push = false;
  bool remove = false;
  friend bool operator==(const Verbs&, const Verbs&) = default;
};
enum class ApiGrant { kNone, kRead, kWrite };
struct SpaceGrant {
  std::optional<SpaceId> space;              // nullopt: every space that the owner may use
  std::optional<RepositoryPath> repository;  // nullopt: every repository of the space
  Verbs verbs;
  friend bool operator==(const SpaceGrant&, const SpaceGrant&) = default;
};
struct Grants {
  std::vector<SpaceGrant> spaces;
  ApiGrant api = ApiGrant::kNone;
  friend bool operator==(const Grants&, const Grants&) = default;
};

struct Membership {
  WorkspaceId workspace;
  Role role = Role::kViewer;
};
struct User {
  UserId id;
  LoginName login;
  PlatformRole platform_role = PlatformRole::kNone;
  bool disabled = false;
  std::vector<GroupId> groups;
  std::vector<Membership> memberships;  // of the user alone; groups' come beside
  std::int64_t version = 0;  // users.version: another one after each change of the row, its password included
};
struct Group {
  GroupId id;
  std::string name;
  std::vector<Membership> memberships;
};
struct Binding {
  SpaceId space;
  WorkspaceId workspace;
  Access access = Access::kPull;
};
struct Workspace {
  WorkspaceId id;
  WorkspaceName name;
  std::vector<Binding> bindings;        // of this workspace
  std::vector<RegistryId> registries;   // scoped to it
  std::vector<NamespaceId> namespaces;  // bound to it now
};
struct Registry {
  RegistryId id;
  RegistryName name;
  RegistryKind kind = RegistryKind::kBerth;
  RegistryOrigin origin = RegistryOrigin::kManaged;
  std::optional<WorkspaceId> scope;  // nullopt: platform
  std::string address;               // empty: embedded in this server
  bool all_spaces_public = false;
  std::vector<SpaceId> spaces;
};
struct Space {
  SpaceId id;
  RegistryId registry;
  SpaceName name;
  bool is_public = false;
  std::optional<WorkspaceId> owner;
  bool pull_through = false;
  bool allow_sparse = false;
  std::vector<Binding> bindings;  // of this space
};
/// A machine's secret, as kept: SHA-256 in hex.
struct Credential {
  CredentialId id;
  std::string username;
  std::string secret_hash;
  std::optional<Time> expires_at;
};
struct Namespace {
  NamespaceId id;
  std::string cluster;  // the cluster's name
  LabelName name;
  std::optional<WorkspaceId> claimed_by;
  std::optional<WorkspaceId> workspace;
  std::vector<Credential> credentials;
};
struct Robot {
  RobotId id;
  LoginName name;
  std::variant<WorkspaceId, UserId> owner;
  std::string secret_hash;
  Grants grants;
  bool disabled = false;
  std::optional<Time> expires_at;
};
struct AccessToken {
  AccessTokenId id;
  UserId user;
  std::string secret_hash;
  Grants grants;
  std::optional<Time> expires_at;
};

}  // namespace berth::access
