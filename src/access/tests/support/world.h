#pragma once

#include <string>
#include <variant>
#include <vector>

#include "access/snapshot.h"
#include "access/subject.h"

/// A small platform built by hand, for the tests of every folder that asks the access rule: link
/// berth_access_test_support.
///
///   World world;
///   const auto retail = world.workspace("retail");
///   const auto base = world.space("base");                      // private, in the embedded registry
///   world.bind(base, retail, Access::kPull);
///   const auto bob = world.user("bob");
///   world.member(retail, bob, Role::kViewer);
///   const auto snapshot = world.snapshot();
///
/// The facts are plain lists, each said once; change them as you like (`world.the(bob).disabled = true`) and take
/// another snapshot.
namespace berth::access::testing {

struct Member {
  WorkspaceId workspace;
  std::variant<UserId, GroupId> principal;
  Role role = Role::kViewer;
};
struct GroupMember {
  GroupId group;
  UserId user;
};

enum class Publicity : bool { kPrivate, kPublic };

class World {
 public:
  /// Has the embedded registry, "berth".
  World();

  WorkspaceId workspace(std::string name);
  UserId user(std::string login, PlatformRole role = PlatformRole::kNone);
  GroupId group(std::string name, std::vector<UserId> users = {});
  void member(WorkspaceId workspace, std::variant<UserId, GroupId> principal, Role role);

  /// Platform-scoped, or of one workspace.
  RegistryId registry(std::string name, RegistryKind kind, std::optional<WorkspaceId> scope = std::nullopt);
  SpaceId space(std::string name, Publicity publicity = Publicity::kPrivate,
                std::optional<WorkspaceId> owner = std::nullopt);
  SpaceId space_in(RegistryId registry, std::string name, Publicity publicity = Publicity::kPrivate,
                   std::optional<WorkspaceId> owner = std::nullopt);
  void bind(SpaceId space, WorkspaceId workspace, Access access);
  void unbind(SpaceId space, WorkspaceId workspace);

  /// Claimed by and bound to the workspace, when there is one.
  NamespaceId name_space(std::string cluster, std::string name, std::optional<WorkspaceId> workspace = std::nullopt);
  CredentialId credential(NamespaceId name, std::optional<Time> expires_at = std::nullopt);
  RobotId robot(std::string name, std::variant<WorkspaceId, UserId> owner, Grants grants,
                std::optional<Time> expires_at = std::nullopt);
  AccessTokenId token(UserId user, Grants grants, std::optional<Time> expires_at = std::nullopt);

  User& the(UserId id);
  Registry& the(RegistryId id);
  Space& the(SpaceId id);
  Namespace& the(NamespaceId id);
  Robot& the(RobotId id);
  AccessToken& the(AccessTokenId id);

  [[nodiscard]] SnapshotPtr snapshot() const;
  /// All facts, a line each, for failure messages.
  [[nodiscard]] std::string describe() const;

  // The facts. The lists inside rows that repeat others (a user's memberships, a space's bindings …) are empty here and
  // filled in by snapshot().
  std::vector<Workspace> workspaces;
  std::vector<User> users;
  std::vector<Group> groups;
  std::vector<GroupMember> group_members;
  std::vector<Member> members;
  std::vector<Registry> registries;
  std::vector<Space> spaces;
  std::vector<Binding> bindings;
  std::vector<Namespace> namespaces;
  std::vector<Robot> robots;
  std::vector<AccessToken> tokens;
  RegistryId embedded;
  bool anonymous_pull = true;

 private:
  template <class IdType>
  IdType next() {
    return IdType(++last_id_);
  }
  std::int64_t last_id_ = 0;
};

/// Subjects in short.
[[nodiscard]] inline Subject as(UserId id) {
  return {.who = UserSubject{id, std::nullopt}, .scope = {}};
}
[[nodiscard]] inline Subject as(UserId id, AccessTokenId token) {
  return {.who = UserSubject{id, token}, .scope = {}};
}
[[nodiscard]] inline Subject as(RobotId id) {
  return {.who = RobotSubject{id}, .scope = {}};
}
[[nodiscard]] inline Subject as(NamespaceId id, CredentialId credential) {
  return {.who = NamespaceSubject{id, credential}, .scope = {}};
}
[[nodiscard]] inline Subject anonymous() {
  return {};
}

/// Every verb on every space that the owner may use.
[[nodiscard]] inline Grants all_grants(ApiGrant api = ApiGrant::kWrite) {
  return {.spaces = {{.space = {}, .repository = {}, .verbs = {.pull = true, .push = true, .remove = true}}},
          .api = api};
}

}  // namespace berth::access::testing
