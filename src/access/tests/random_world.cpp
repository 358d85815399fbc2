#include "access/tests/random_world.h"

namespace berth::access::testing {

World Chance::world() {
  World made;
  made.anonymous_pull = !once_in(4);
  for (auto i = 0; i < 3; ++i) made.workspace(fmt::format("workspace-{}", i));
  people(made);
  registries(made);
  credentials(made);
  return made;
}

void Chance::people(World& world) {
  for (auto i = 0; i < 5; ++i) {
    const auto role = i == 0 ? PlatformRole::kAdministrator : i == 1 ? PlatformRole::kAuditor : PlatformRole::kNone;
    const auto id = world.user(fmt::format("user-{}", i), role);
    world.the(id).disabled = once_in(8);
  }
  for (auto i = 0; i < 2; ++i) world.group(fmt::format("group-{}", i));
  for (const auto& group : world.groups)
    for (const auto& user : world.users)
      if (once_in(3)) world.group_members.push_back({group.id, user.id});
  for (const auto& workspace : world.workspaces) {
    for (const auto& user : world.users)
      if (once_in(3)) world.member(workspace.id, user.id, static_cast<Role>(up_to(2)));
    for (const auto& group : world.groups)
      if (once_in(3)) world.member(workspace.id, group.id, static_cast<Role>(up_to(2)));
  }
}

void Chance::registries(World& world) {
  world.registry("harbor-a", RegistryKind::kHarbor);
  world.registry("docker-a", RegistryKind::kDocker);
  world.registry("own", RegistryKind::kHarbor, one_of(world.workspaces).id);
  for (auto& registry : world.registries) registry.all_spaces_public = once_in(5);
  for (auto i = 0; i < 8; ++i) {
    const auto registry = i < 4 ? world.embedded : one_of(world.registries).id;
    // The same name may stand in several registries.
    const auto name = fmt::format("space-{}", registry == world.embedded ? i : i % 4);
    const auto id = world.space_in(registry, name, Publicity(once_in(4)), maybe_workspace(world));
    world.the(id).pull_through = once_in(6);
  }
  for (const auto& space : world.spaces)
    for (const auto& workspace : world.workspaces)
      if (once_in(3)) world.bind(space.id, workspace.id, static_cast<Access>(up_to(1)));
}

void Chance::credentials(World& world) {
  for (auto i = 0; i < 4; ++i) {
    const auto id = world.name_space("shop", fmt::format("namespace-{}", i), maybe_workspace(world));
    if (once_in(3)) world.the(id).workspace.reset();
    world.credential(id, expiry());
    if (once_in(2)) world.credential(id, expiry());
  }
  for (auto i = 0; i < 4; ++i) {
    const auto id = i % 2 == 0
                        ? world.robot(fmt::format("robot-{}", i), one_of(world.workspaces).id, grants(world), expiry())
                        : world.robot(fmt::format("robot-{}", i), one_of(world.users).id, grants(world), expiry());
    world.the(id).disabled = once_in(8);
  }
  for (auto i = 0; i < 4; ++i) world.token(one_of(world.users).id, grants(world), expiry());
}

Grants Chance::grants(const World& world) {
  Grants made{.spaces = {}, .api = static_cast<ApiGrant>(up_to(2))};
  for (auto i = up_to(3); i > 0; --i) {
    SpaceGrant grant{.space = {}, .repository = {}, .verbs = verbs()};
    if (!once_in(3)) grant.space = one_of(world.spaces).id;
    if (once_in(3)) grant.repository = path();
    made.spaces.push_back(grant);
  }
  return made;
}

// Also the very moment: a credential is over when its time has come, not after it.
std::optional<Time> Chance::expiry() {
  switch (up_to(5)) {
    case 0:
      return kNow - Duration(1);
    case 1:
      return kNow;
    case 2:
      return kNow + Duration(1);
    default:
      return std::nullopt;
  }
}

std::optional<WorkspaceId> Chance::maybe_workspace(const World& world) {
  if (once_in(3)) return std::nullopt;
  return one_of(world.workspaces).id;
}

std::optional<RepositoryTarget> Chance::repository(const World& world) {
  if (once_in(4)) return std::nullopt;
  return RepositoryTarget{.path = path(), .exists = !once_in(3), .home = maybe_workspace(world)};
}

Scope Chance::scope(const World& world) {
  Scope made{.repositories = {}, .catalog = once_in(3)};
  for (auto i = up_to(3); i > 0; --i)
    made.repositories.push_back({.repository = {one_of(world.spaces).name, path()}, .verbs = verbs()});
  return made;
}

Subject Chance::subject(const World& world) {
  Subject made;
  switch (up_to(7)) {
    case 0:
      break;
    case 1:
    case 2:
    case 3:
      made.who = UserSubject{id_of(world.users), std::nullopt};
      break;
    case 4: {
      const auto& token = one_of(world.tokens);
      made.who =
          UserSubject{once_in(10) ? id_of(world.users) : token.user, once_in(20) ? AccessTokenId(9'999) : token.id};
      break;
    }
    case 5:
      made.who = NamespaceSubject{id_of(world.namespaces), one_of(one_of(world.namespaces).credentials).id};
      if (const auto& name = one_of(world.namespaces); !once_in(6))
        made.who = NamespaceSubject{name.id, one_of(name.credentials).id};
      break;
    default:
      made.who = RobotSubject{id_of(world.robots)};
  }
  if (once_in(6)) made.scope = scope(world);
  return made;
}

Action Chance::action() {
  // Half of the questions are about pull and push.
  if (once_in(2)) return once_in(2) ? Action::kPull : Action::kPush;
  return static_cast<Action>(up_to(static_cast<std::int64_t>(Action::kAdminister)));
}

Target Chance::target(const World& world, Action action) {
  if (once_in(40)) action = this->action();
  switch (action) {
    case Action::kPull:
    case Action::kPush:
    case Action::kDelete:
    case Action::kSee:
    case Action::kManage:
      return SpaceTarget{id_of(world.spaces), repository(world)};
    case Action::kBind:
      return BindTarget{id_of(world.spaces), id_of(world.workspaces)};
    case Action::kClaim:
      return ClaimTarget{id_of(world.namespaces), id_of(world.workspaces)};
    case Action::kSeeWorkspace:
    case Action::kEditWorkspace:
    case Action::kManageWorkspace:
      return id_of(world.workspaces);
    case Action::kSeeNamespace:
    case Action::kManageNamespace:
      return id_of(world.namespaces);
    case Action::kSeeRegistry:
    case Action::kManageRegistry:
      return id_of(world.registries);
    default:
      return PlatformTarget{};
  }
}

}  // namespace berth::access::testing
