#pragma once

#include <optional>

#include "access/snapshot.h"

/// The atoms of the access rule (docs/access.md): facts about rows, without anybody who asks. Pure.
namespace berth::access {

/// The registry is the platform's, not one workspace's.
[[nodiscard]] inline bool platform_scoped(const Registry& registry) {
  return !registry.scope;
}

/// A workspace-scoped registry exists for its workspace alone; nothing that is said about another workspace counts
/// there.
[[nodiscard]] inline bool reaches(const Registry& registry, WorkspaceId workspace) {
  return !registry.scope || *registry.scope == workspace;
}

/// What the space is bound to the workspace with.
[[nodiscard]] std::optional<Access> bound(const Space& space, WorkspaceId workspace);

/// s ∈ visible(W), apart from public(s): bound to W, or in W's own registry.
[[nodiscard]] bool allotted(const Registry& registry, const Space& space, WorkspaceId workspace);

/// W's editors may push to the space: bound with push, or in W's own registry.
[[nodiscard]] bool pushable(const Registry& registry, const Space& space, WorkspaceId workspace);

/// The higher of the user's own role and those of the user's groups.
[[nodiscard]] std::optional<Role> role_of(const Snapshot& snapshot, const User& user, WorkspaceId workspace);

/// Calls `found(workspace, role)` for each membership of the user, then of the user's groups, until it returns true.
/// A workspace may come more than once.
template <class Found>
bool any_membership(const Snapshot& snapshot, const User& user, Found&& found) {
  for (const auto& member : user.memberships)
    if (found(member.workspace, member.role)) return true;
  for (const auto id : user.groups) {
    const auto* group = snapshot.groups.find(id);
    if (!group) continue;
    for (const auto& member : group->memberships)
      if (found(member.workspace, member.role)) return true;
  }
  return false;
}

}  // namespace berth::access
