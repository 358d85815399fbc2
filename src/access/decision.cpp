#include "access/decision.h"

#include "access/text.h"

namespace berth::access {
namespace {

using Said = Trace::Said;

bool is_registry_verb(Action action) {
  return action == Action::kPull || action == Action::kPush || action == Action::kDelete;
}

/// What a credential's API grant must be for a REST action.
ApiGrant needed(Action action) {
  switch (action) {
    case Action::kSee:
    case Action::kSeeWorkspace:
    case Action::kSeeNamespace:
    case Action::kSeeRegistry:
    case Action::kSignedIn:
    case Action::kAudit:
      return ApiGrant::kRead;
    default:
      return ApiGrant::kWrite;
  }
}

/// Which alternative of Target the action is about.
std::size_t kind_of(Action action) {
  switch (action) {
    case Action::kPull:
    case Action::kPush:
    case Action::kDelete:
    case Action::kSee:
    case Action::kManage:
      return Target(SpaceTarget{}).index();
    case Action::kBind:
      return Target(BindTarget{}).index();
    case Action::kClaim:
      return Target(ClaimTarget{}).index();
    case Action::kSeeWorkspace:
    case Action::kEditWorkspace:
    case Action::kManageWorkspace:
      return Target(WorkspaceId{}).index();
    case Action::kSeeNamespace:
    case Action::kManageNamespace:
      return Target(NamespaceId{}).index();
    case Action::kSeeRegistry:
    case Action::kManageRegistry:
      return Target(RegistryId{}).index();
    case Action::kSignedIn:
    case Action::kChangeOwn:
    case Action::kAudit:
    case Action::kAdminister:
      break;
  }
  return Target(PlatformTarget{}).index();
}

bool has(const Verbs& verbs, Action action) {
  switch (action) {
    case Action::kPull:
      return verbs.pull;
    case Action::kPush:
      return verbs.push;
    case Action::kDelete:
      return verbs.remove;
    default:
      return false;
  }
}

bool covers(const SpaceGrant& grant, Action action, const SpaceTarget& target) {
  if (grant.space && *grant.space != target.space) return false;
  // Asked about the space as a whole, a grant on one of its repositories is not enough.
  if (grant.repository && !(target.repository && target.repository->path == *grant.repository)) return false;
  return has(grant.verbs, action);
}

}  // namespace

bool Decision::allows(Action action, const Target& what) {
  if (kind_of(action) != what.index())
    return trace_.note(false, [] { return Said{"the action is not about that kind of thing"}; });
  return asker_.good() && within_limits(action, what) && entitled(action, what);
}

bool Decision::within_limits(Action action, const Target& what) {
  return within_scope(action, what) && within_grants(action, what);
}

bool Decision::within_scope(Action action, const Target& what) {
  if (!asker_.scope) return true;
  const auto* target = std::get_if<SpaceTarget>(&what);
  const auto* space = target ? snapshot_.spaces.find(target->space) : nullptr;
  const bool inside = space && target->repository && space->registry == snapshot_.embedded &&
                      std::ranges::any_of(asker_.scope->repositories, [&](const ScopeGrant& grant) {
                        return grant.repository.space() == space->name &&
                               grant.repository.path() == target->repository->path && has(grant.verbs, action);
                      });
  return trace_.note(inside, [&] {
    return Said{inside ? "the registry token was issued for this" : "the registry token was not issued for this",
                {space ? Named(space->id) : PlatformTarget{}}};
  });
}

bool Decision::within_grants(Action action, const Target& what) {
  if (!asker_.grants) return true;
  return is_registry_verb(action) ? granted(action, std::get<SpaceTarget>(what)) : granted_in_api(action);
}

bool Decision::granted(Action action, const SpaceTarget& target) {
  const bool covered = std::ranges::any_of(asker_.grants->spaces,
                                           [&](const SpaceGrant& grant) { return covers(grant, action, target); });
  return trace_.note(covered, [&] {
    const auto* space = snapshot_.spaces.find(target.space);
    return Said{
        fmt::format("the credential's grants {} {} here", covered ? "include" : "do not include", to_text(action)),
        {space ? Named(space->id) : PlatformTarget{}}};
  });
}

bool Decision::granted_in_api(Action action) {
  const auto least = needed(action);
  return trace_.note(asker_.grants->api >= least, [&] {
    return Said{fmt::format("the credential's API grant is '{}'; this needs '{}'", to_text(asker_.grants->api),
                            to_text(least))};
  });
}

bool Decision::entitled(Action action, const Target& what) {
  if (const auto* space = std::get_if<SpaceTarget>(&what)) return on_space(action, *space);
  if (const auto* pair = std::get_if<BindTarget>(&what)) return bind(*pair);
  if (const auto* pair = std::get_if<ClaimTarget>(&what)) return claim(*pair);
  if (const auto* workspace = std::get_if<WorkspaceId>(&what)) return on_workspace(action, *workspace);
  if (const auto* name = std::get_if<NamespaceId>(&what)) return on_namespace(action, *name);
  if (const auto* registry = std::get_if<RegistryId>(&what)) return on_registry(action, *registry);
  return on_platform(action);
}

bool Decision::administrator(Named about) {
  return asker_.administrator() && trace_.note(true, [&] { return Said{"as a platform administrator", {about}}; });
}

bool Decision::sees_platform(Named about) {
  return asker_.sees_platform() &&
         trace_.note(true, [&] { return Said{"as a platform administrator or auditor", {about}}; });
}

bool Decision::claim(const ClaimTarget& target) {
  const bool exist = snapshot_.namespaces.find(target.name) && snapshot_.workspaces.find(target.workspace);
  if (!exist)
    return trace_.note(false, [] { return Said{"no such namespace and workspace are visible", {PlatformTarget{}}}; });
  return trace_.note(asker_.administrator(),
                     [] { return Said{"a platform administrator gives namespaces to workspaces"}; });
}

bool Decision::on_workspace(Action action, WorkspaceId workspace) {
  if (!snapshot_.workspaces.find(workspace))
    return trace_.note(false, [] { return Said{"no such workspace is visible", {PlatformTarget{}}}; });
  switch (action) {
    case Action::kSeeWorkspace:
      return sees_platform(workspace) || has_role(workspace, Role::kViewer, workspace);
    case Action::kEditWorkspace:
      return administrator(workspace) || has_role(workspace, Role::kEditor, workspace);
    case Action::kManageWorkspace:
      return administrator(workspace) || has_role(workspace, Role::kAdmin, workspace);
    default:
      return false;
  }
}

bool Decision::on_namespace(Action action, NamespaceId id) {
  const auto* name = snapshot_.namespaces.find(id);
  if (!name) return trace_.note(false, [] { return Said{"no such namespace is visible", {PlatformTarget{}}}; });
  const auto& claimed = name->claimed_by;
  const auto& holder = name->workspace;
  switch (action) {
    case Action::kSeeNamespace:
      return sees_platform(id) || (claimed && has_role(*claimed, Role::kViewer, id)) ||
             (holder && holder != claimed && has_role(*holder, Role::kViewer, id));
    case Action::kManageNamespace:
      return administrator(id) || (claimed && has_role(*claimed, Role::kAdmin, id));
    default:
      return false;
  }
}

bool Decision::on_registry(Action action, RegistryId id) {
  const auto* registry = snapshot_.registries.find(id);
  if (!registry) return trace_.note(false, [] { return Said{"no such registry is visible", {PlatformTarget{}}}; });
  const auto& scope = registry->scope;
  switch (action) {
    case Action::kSeeRegistry:
      // Its existence, for the platform: also of a workspace's own registry.
      if (!scope) return asker_.signed_in();
      return sees_platform(id) || has_role(*scope, Role::kViewer, id);
    case Action::kManageRegistry:
      if (!scope) return administrator(id);
      return has_role(*scope, Role::kAdmin, id);
    default:
      return false;
  }
}

bool Decision::on_platform(Action action) {
  switch (action) {
    case Action::kSignedIn:
    case Action::kChangeOwn:
      return trace_.note(asker_.signed_in(), [] { return Said{"this is for users and robots who are signed in"}; });
    case Action::kAudit:
      return trace_.note(asker_.sees_platform(),
                         [] { return Said{"this is for platform administrators and auditors"}; });
    case Action::kAdminister:
      return trace_.note(asker_.administrator(), [] { return Said{"this is for platform administrators"}; });
    default:
      return false;
  }
}

bool Decision::has_role(WorkspaceId workspace, Role least, Named about) {
  std::optional<Role> role;
  if (asker_.person) role = role_of(snapshot_, *asker_.person, workspace);
  if (asker_.editor_of && asker_.editor_of->id == workspace) role = Role::kEditor;
  return trace_.note(role >= least, [&] {
    return Said{fmt::format("{} in workspace {}; this needs {}", role ? to_text(*role) : "no role", name_of(workspace),
                            to_text(least)),
                {workspace, about}};
  });
}

std::string Decision::name_of(WorkspaceId id) const {
  const auto* workspace = snapshot_.workspaces.find(id);
  return workspace ? workspace->name.text() : fmt::format("#{}", id.value());
}

}  // namespace berth::access
