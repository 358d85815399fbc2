#include "access/rule.h"

namespace berth::access {

bool is_public(const Snapshot& snapshot, const Space& space) {
  const auto* registry = snapshot.registries.find(space.registry);
  return registry && platform_scoped(*registry) && (space.is_public || registry->all_spaces_public);
}

RegistryId find_embedded(const Snapshot& snapshot) {
  RegistryId oldest;
  snapshot.registries.for_each([&](RegistryId id, const Registry& registry) {
    const bool embedded = registry.kind == RegistryKind::kBerth && registry.address.empty();
    if (embedded && (oldest == RegistryId() || id < oldest)) oldest = id;
  });
  return oldest;
}

std::optional<Access> bound(const Space& space, WorkspaceId workspace) {
  const auto it = std::ranges::find(space.bindings, workspace, &Binding::workspace);
  if (it == space.bindings.end()) return std::nullopt;
  return it->access;
}

bool allotted(const Registry& registry, const Space& space, WorkspaceId workspace) {
  return registry.scope == workspace || (platform_scoped(registry) && bound(space, workspace));
}

bool pushable(const Registry& registry, const Space& space, WorkspaceId workspace) {
  return registry.scope == workspace || (platform_scoped(registry) && bound(space, workspace) == Access::kPush);
}

std::optional<Role> role_of(const Snapshot& snapshot, const User& user, WorkspaceId workspace) {
  std::optional<Role> highest;
  any_membership(snapshot, user, [&](WorkspaceId in, Role role) {
    if (in == workspace && (!highest || role > *highest)) highest = role;
    return highest == Role::kAdmin;
  });
  return highest;
}

}  // namespace berth::access
