#include "access/decision.h"
#include "access/text.h"

// The part of the rule that is about spaces, line by line as docs/access.md has it.
namespace berth::access {
namespace {

using Said = Trace::Said;

}  // namespace

template <class Found>
bool Decision::in_some_workspace(const Place& place, Found&& found) {
  bool any = false;
  const bool allowed = any_membership(snapshot_, *asker_.person, [&](WorkspaceId in, Role role) {
    any = true;
    return found(in, role);
  });
  if (!any) trace_.note(false, [&] { return Said{"the user is in no workspace", {place.space.id}}; });
  return allowed;
}

bool Decision::on_space(Action action, const SpaceTarget& target) {
  const auto place = locate(target.space);
  if (!place) return false;
  switch (action) {
    case Action::kPull:
      return pull(*place);
    case Action::kSee:
      return see(*place);
    case Action::kPush:
      return push(*place, target.repository);
    case Action::kDelete:
      return remove(*place, target.repository);
    case Action::kManage:
      return manage(*place);
    default:
      return false;
  }
}

std::optional<Decision::Place> Decision::locate(SpaceId id) {
  const auto* space = snapshot_.spaces.find(id);
  const auto* registry = space ? snapshot_.registries.find(space->registry) : nullptr;
  if (!registry) {
    trace_.note(false, [] { return Said{"no such space is visible", {PlatformTarget{}}}; });
    return std::nullopt;
  }
  return Place{*space, *registry};
}

// pull(N, s) = s ∈ visible(workspace(N)); pull(U, s) = public(s), or s ∈ visible(W) for a workspace W of U.
bool Decision::pull(const Place& place) {
  const bool open = is_public(snapshot_, place.space);
  trace_.note(open, [&] {
    return Said{fmt::format("space {} is {}", name_of(place), open ? "public" : "private"), {place.space.id}};
  });
  if (asker_.anonymous) return open && pull_anonymously(place);
  if (open) return true;
  if (asker_.name_space) return asker_.name_space->workspace && pull_as(place, *asker_.name_space->workspace);
  if (asker_.editor_of) return pull_as(place, asker_.editor_of->id);
  if (platform_scoped(place.registry) && sees_platform(place.space.id)) return true;
  return in_some_workspace(place, [&](WorkspaceId in, Role) { return pull_as(place, in); });
}

bool Decision::pull_anonymously(const Place& place) {
  const bool here = place.space.registry == snapshot_.embedded;
  return trace_.note(here && snapshot_.anonymous_pull, [&] {
    if (!here)
      return Said{fmt::format("registry {} is not this server's own", place.registry.name.text()), {place.space.id}};
    return Said{snapshot_.anonymous_pull ? "anonymous pull is on" : "anonymous pull is off", {place.space.id}};
  });
}

bool Decision::pull_as(const Place& place, WorkspaceId workspace) {
  const bool visible = allotted(place.registry, place.space, workspace);
  return trace_.note(visible, [&] {
    const auto* how = place.registry.scope == workspace ? "lies in a registry of"
                      : visible                         ? "is bound to"
                                                        : "is not bound to";
    return Said{fmt::format("space {} {} workspace {}", name_of(place), how, name_of(workspace)),
                {place.space.id, workspace}};
  });
}

// see(x, s) = pull(x, s), but REST is never anonymous, and a namespace's credential only pulls.
bool Decision::see(const Place& place) {
  const bool signed_in = trace_.note(asker_.signed_in(), [&] {
    return Said{"lists and details are for users and robots who are signed in", {place.space.id}};
  });
  return signed_in && pull(place);
}

// push(U, s, r) = for some W in which U is editor or admin: s is bound to W with push, or in W's own registry; and
// repository r is new or its home is W. A pull-through space: nobody.
bool Decision::push(const Place& place, const Repository& repository) {
  const auto& space = place.space;
  if (!trace_.note(asker_.signed_in(), [&] { return Said{"only users and robots push", {space.id}}; })) return false;
  if (space.pull_through)
    return trace_.note(false, [&] {
      return Said{fmt::format("space {} is pull-through: nobody pushes", name_of(place)), {space.id}};
    });
  if (asker_.editor_of) return push_as(place, repository, asker_.editor_of->id, Role::kEditor);
  if (platform_scoped(place.registry) && administrator(space.id)) return true;
  return in_some_workspace(place, [&](WorkspaceId in, Role role) { return push_as(place, repository, in, role); });
}

bool Decision::push_as(const Place& place, const Repository& repository, WorkspaceId workspace, Role role) {
  const bool edits = trace_.note(role >= Role::kEditor, [&] {
    return Said{fmt::format("{} of workspace {}; pushing needs editor", to_text(role), name_of(workspace)),
                {place.space.id, workspace}};
  });
  if (!edits) return false;
  const bool open = pushable(place.registry, place.space, workspace);
  trace_.note(open, [&] {
    return Said{
        fmt::format("workspace {} {} push to space {}", name_of(workspace), open ? "may" : "may not", name_of(place)),
        {place.space.id, workspace}};
  });
  return open && home_admits(place, repository, workspace);
}

bool Decision::home_admits(const Place& place, const Repository& repository, WorkspaceId workspace) {
  if (!repository || !repository->exists) return true;
  const bool own = repository->home == workspace;
  return trace_.note(own, [&] {
    return Said{fmt::format("the home of repository {}/{} is {}workspace {}", name_of(place), repository->path.text(),
                            own ? "" : "not ", name_of(workspace)),
                {place.space.id, workspace}};
  });
}

// delete(U, s, r) = manage(U, s), or U is admin of r's home.
bool Decision::remove(const Place& place, const Repository& repository) {
  if (manage(place)) return true;
  const bool has_home = repository && repository->exists && repository->home;
  if (!has_home || !reaches(place.registry, *repository->home)) return false;
  return has_role(*repository->home, Role::kAdmin, place.space.id);
}

// manage(U, s) = U is admin of the space's owner workspace.
bool Decision::manage(const Place& place) {
  if (platform_scoped(place.registry) && administrator(place.space.id)) return true;
  const auto& owner = place.space.owner;
  if (!owner || !reaches(place.registry, *owner))
    return trace_.note(false,
                       [&] { return Said{fmt::format("space {} has no owner", name_of(place)), {place.space.id}}; });
  trace_.note(true, [&] {
    return Said{fmt::format("space {} is owned by workspace {}", name_of(place), name_of(*owner)),
                {place.space.id, *owner}};
  });
  return has_role(*owner, Role::kAdmin, place.space.id);
}

// bind(U, s, W) = platform administrator; platform-scoped registries only.
bool Decision::bind(const BindTarget& target) {
  const auto place = locate(target.space);
  if (!place) return false;
  if (!snapshot_.workspaces.find(target.workspace))
    return trace_.note(false, [] { return Said{"no such workspace is visible", {PlatformTarget{}}}; });
  if (!platform_scoped(place->registry))
    return trace_.note(false, [&] {
      return Said{fmt::format("space {} lies in one workspace's own registry", name_of(*place)), {target.space}};
    });
  return trace_.note(asker_.administrator(),
                     [] { return Said{"a platform administrator binds spaces to workspaces"}; });
}

std::string Decision::name_of(const Place& place) {
  return place.registry.name.text() + "/" + place.space.name.text();
}

}  // namespace berth::access
