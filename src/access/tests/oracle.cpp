#include "access/tests/oracle.h"

namespace berth::access::testing {
namespace {

bool past(const std::optional<Time>& expiry, Time now) {
  return expiry.has_value() && now >= *expiry;
}

template <class Rows, class IdType>
auto* in(Rows& rows, IdType id) {
  for (auto& row : rows)
    if (row.id == id) return &row;
  return static_cast<decltype(&rows.front())>(nullptr);
}

std::set<SpaceId> unite(std::set<SpaceId> a, const std::set<SpaceId>& b) {
  a.insert(b.begin(), b.end());
  return a;
}
std::set<SpaceId> minus(std::set<SpaceId> a, const std::set<SpaceId>& b) {
  for (const auto id : b) a.erase(id);
  return a;
}

bool verb(const Verbs& verbs, Action action) {
  return (action == Action::kPull && verbs.pull) || (action == Action::kPush && verbs.push) ||
         (action == Action::kDelete && verbs.remove);
}

const std::set<Action> kReads = {Action::kSee,         Action::kSeeWorkspace, Action::kSeeNamespace,
                                 Action::kSeeRegistry, Action::kSignedIn,     Action::kAudit};
const std::set<Action> kVerbs = {Action::kPull, Action::kPush, Action::kDelete};

}  // namespace

Oracle::Oracle(const World& world, Time now) : world_(world), now_(now) {
  all_ = spaces_where([](const Space&, const Registry&) { return true; });
  of_platform_ = spaces_where([](const Space&, const Registry& r) { return !r.scope.has_value(); });
  public_ = spaces_where(
      [](const Space& s, const Registry& r) { return (s.is_public || r.all_spaces_public) && !r.scope.has_value(); });
  pull_through_ = spaces_where([](const Space& s, const Registry&) { return s.pull_through; });
  for (const auto& w : world.workspaces) {
    const auto own = spaces_where([&](const Space&, const Registry& r) { return r.scope == w.id; });
    visible_[w.id] = minus(unite(public_, unite(bound(w.id, false), own)), out_of_reach(w.id));
    pushable_[w.id] = minus(minus(unite(bound(w.id, true), own), out_of_reach(w.id)), pull_through_);
  }
}

std::set<SpaceId> Oracle::spaces_where(const std::function<bool(const Space&, const Registry&)>& holds) const {
  std::set<SpaceId> found;
  for (const auto& s : world_.spaces)
    for (const auto& r : world_.registries)
      if (s.registry == r.id && holds(s, r)) found.insert(s.id);
  return found;
}

std::set<SpaceId> Oracle::bound(WorkspaceId workspace, bool with_push) const {
  std::set<SpaceId> found;
  for (const auto& b : world_.bindings)
    if (b.workspace == workspace && (b.access == Access::kPush || !with_push)) found.insert(b.space);
  return found;
}

// "A workspace-scoped registry is invisible outside its workspace."
std::set<SpaceId> Oracle::out_of_reach(WorkspaceId workspace) const {
  return spaces_where([&](const Space&, const Registry& r) { return r.scope.has_value() && *r.scope != workspace; });
}

std::set<SpaceId> Oracle::visible(std::optional<WorkspaceId> workspace) const {
  if (!workspace) return public_;
  const auto it = visible_.find(*workspace);
  return it == visible_.end() ? std::set<SpaceId>{} : it->second;
}

std::optional<Oracle::Person> Oracle::person(UserId id) const {
  const auto* user = in(world_.users, id);
  if (!user || user->disabled) return std::nullopt;
  Person found{.platform = user->platform_role, .roles = {}};
  for (const auto& m : world_.members) {
    bool concerned = m.principal == std::variant<UserId, GroupId>(id);
    for (const auto& g : world_.group_members)
      if (g.user == id && m.principal == std::variant<UserId, GroupId>(g.group)) concerned = true;
    if (!concerned) continue;
    const auto [it, first] = found.roles.emplace(m.workspace, m.role);
    if (!first && static_cast<int>(m.role) > static_cast<int>(it->second)) it->second = m.role;
  }
  return found;
}

std::optional<Oracle::Person> Oracle::person_behind(const Subject& who) const {
  if (const auto* user = std::get_if<UserSubject>(&who.who)) {
    if (!user->token) return person(user->id);
    const auto* token = in(world_.tokens, *user->token);
    if (!token || token->user != user->id || past(token->expires_at, now_)) return std::nullopt;
    return person(user->id);
  }
  if (const auto* subject = std::get_if<RobotSubject>(&who.who)) {
    const auto* robot = in(world_.robots, subject->id);
    if (!robot || robot->disabled || past(robot->expires_at, now_)) return std::nullopt;
    if (robot->owner.index() == 1) return person(std::get<UserId>(robot->owner));
    const auto workspace = std::get<WorkspaceId>(robot->owner);
    if (!in(world_.workspaces, workspace)) return std::nullopt;
    return Person{.platform = PlatformRole::kNone, .roles = {{workspace, Role::kEditor}}};
  }
  return std::nullopt;
}

const Grants* Oracle::grants_of(const Subject& who) const {
  if (const auto* user = std::get_if<UserSubject>(&who.who))
    return user->token ? &in(world_.tokens, *user->token)->grants : nullptr;
  return &in(world_.robots, std::get<RobotSubject>(who.who).id)->grants;
}

std::set<WorkspaceId> Oracle::workspaces(const Person& person, Role least) {
  std::set<WorkspaceId> found;
  for (const auto& [workspace, role] : person.roles)
    if (static_cast<int>(role) >= static_cast<int>(least)) found.insert(workspace);
  return found;
}

bool Oracle::may(const Subject& who, Action action, const Target& what) const {
  if (who.scope && !in_scope(*who.scope, action, what)) return false;
  if (who.anonymous()) return anonymous_may(action, what);
  if (const auto* name = std::get_if<NamespaceSubject>(&who.who)) return namespace_may(*name, action, what);
  const auto person = person_behind(who);
  if (!person) return false;
  const auto* grants = grants_of(who);
  return (!grants || granted(*grants, action, what)) && person_may(*person, action, what);
}

bool Oracle::in_scope(const Scope& scope, Action action, const Target& what) const {
  const auto* target = std::get_if<SpaceTarget>(&what);
  if (!target || !target->repository) return false;
  for (const auto& space : world_.spaces)
    for (const auto& grant : scope.repositories)
      if (space.id == target->space && space.registry == world_.embedded && verb(grant.verbs, action) &&
          grant.repository.text() == space.name.text() + "/" + target->repository->path.text())
        return true;
  return false;
}

bool Oracle::granted(const Grants& grants, Action action, const Target& what) const {
  if (!kVerbs.contains(action))
    return grants.api == ApiGrant::kWrite || (grants.api == ApiGrant::kRead && kReads.contains(action));
  const auto* target = std::get_if<SpaceTarget>(&what);
  for (const auto& g : grants.spaces) {
    if (!target || !verb(g.verbs, action)) continue;
    const bool space = !g.space.has_value() || g.space == target->space;
    const bool repository =
        !g.repository.has_value() || (target->repository.has_value() && target->repository->path == g.repository);
    if (space && repository) return true;
  }
  return false;
}

bool Oracle::namespace_may(const NamespaceSubject& who, Action action, const Target& what) const {
  const auto* target = std::get_if<SpaceTarget>(&what);
  const auto* name = in(world_.namespaces, who.id);
  if (action != Action::kPull || !target || !name) return false;
  for (const auto& c : name->credentials)
    if (c.id == who.credential && !past(c.expires_at, now_)) return visible(name->workspace).contains(target->space);
  return false;
}

bool Oracle::anonymous_may(Action action, const Target& what) const {
  const auto* target = std::get_if<SpaceTarget>(&what);
  if (action != Action::kPull || !target || !world_.anonymous_pull) return false;
  const auto* space = in(world_.spaces, target->space);
  return space && space->registry == world_.embedded && public_.contains(space->id);
}

bool Oracle::pull(const Person& person, SpaceId space) const {
  if (public_.contains(space)) return true;
  for (const auto w : workspaces(person, Role::kViewer))
    if (visible(w).contains(space)) return true;
  return person.platform != PlatformRole::kNone && of_platform_.contains(space);
}

bool Oracle::push(const Person& person, SpaceId space, const Repository& repository) const {
  if (pull_through_.contains(space)) return false;
  if (person.platform == PlatformRole::kAdministrator && of_platform_.contains(space)) return true;
  for (const auto w : workspaces(person, Role::kEditor)) {
    const bool is_new = !repository || !repository->exists;
    if (pushable_.at(w).contains(space) && (is_new || repository->home == w)) return true;
  }
  return false;
}

bool Oracle::manage(const Person& person, SpaceId space) const {
  if (person.platform == PlatformRole::kAdministrator && of_platform_.contains(space)) return true;
  const auto* row = in(world_.spaces, space);
  return row && row->owner && workspaces(person, Role::kAdmin).contains(*row->owner) &&
         !out_of_reach(*row->owner).contains(space);
}

bool Oracle::remove(const Person& person, SpaceId space, const Repository& repository) const {
  if (manage(person, space)) return true;
  return all_.contains(space) && repository && repository->exists && repository->home &&
         workspaces(person, Role::kAdmin).contains(*repository->home) &&
         !out_of_reach(*repository->home).contains(space);
}

bool Oracle::person_may(const Person& person, Action action, const Target& what) const {
  const bool administrator = person.platform == PlatformRole::kAdministrator;
  const bool sees_all = administrator || person.platform == PlatformRole::kAuditor;
  const auto role = [&](std::optional<WorkspaceId> w, Role least) {
    return w && workspaces(person, least).contains(*w);
  };

  if (const auto* t = std::get_if<SpaceTarget>(&what)) {
    if (!all_.contains(t->space)) return false;
    if (action == Action::kPull || action == Action::kSee) return pull(person, t->space);
    if (action == Action::kPush) return push(person, t->space, t->repository);
    if (action == Action::kDelete) return remove(person, t->space, t->repository);
    return action == Action::kManage && manage(person, t->space);
  }
  if (const auto* t = std::get_if<BindTarget>(&what))
    return action == Action::kBind && administrator && of_platform_.contains(t->space) &&
           in(world_.workspaces, t->workspace);
  if (const auto* t = std::get_if<ClaimTarget>(&what))
    return action == Action::kClaim && administrator && in(world_.namespaces, t->name) &&
           in(world_.workspaces, t->workspace);
  if (const auto* id = std::get_if<WorkspaceId>(&what)) {
    if (!in(world_.workspaces, *id)) return false;
    if (action == Action::kSeeWorkspace) return sees_all || role(*id, Role::kViewer);
    if (action == Action::kEditWorkspace) return administrator || role(*id, Role::kEditor);
    return action == Action::kManageWorkspace && (administrator || role(*id, Role::kAdmin));
  }
  if (const auto* id = std::get_if<NamespaceId>(&what)) {
    const auto* n = in(world_.namespaces, *id);
    if (!n) return false;
    if (action == Action::kSeeNamespace)
      return sees_all || role(n->claimed_by, Role::kViewer) || role(n->workspace, Role::kViewer);
    return action == Action::kManageNamespace && (administrator || role(n->claimed_by, Role::kAdmin));
  }
  if (const auto* id = std::get_if<RegistryId>(&what)) {
    const auto* r = in(world_.registries, *id);
    if (!r) return false;
    if (action == Action::kSeeRegistry) return !r->scope || sees_all || role(r->scope, Role::kViewer);
    return action == Action::kManageRegistry && (r->scope ? role(r->scope, Role::kAdmin) : administrator);
  }
  if (action == Action::kAudit) return sees_all;
  if (action == Action::kAdminister) return administrator;
  return action == Action::kSignedIn || action == Action::kChangeOwn;
}

std::set<WorkspaceId> Oracle::homes(const Subject& who, SpaceId space) const {
  std::set<WorkspaceId> found;
  const auto person = person_behind(who);
  if (!person) return found;
  for (const auto w : workspaces(*person, Role::kEditor))
    if (pushable_.at(w).contains(space)) found.insert(w);
  return found;
}

}  // namespace berth::access::testing
