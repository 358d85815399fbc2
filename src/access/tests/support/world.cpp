#include "access/tests/support/world.h"

#include "access/grants_json.h"
#include "access/text.h"

namespace berth::access::testing {
namespace {

template <class Rows, class IdType>
auto& row_of(Rows& rows, IdType id) {
  const auto it = std::ranges::find(rows, id, [](const auto& row) { return row.id; });
  if (it == rows.end()) throw std::out_of_range(fmt::format("the world has no row {}", id.value()));
  return *it;
}

std::string text(const std::optional<WorkspaceId>& id) {
  return id ? fmt::format("workspace {}", id->value()) : "-";
}

std::string text(const std::optional<Time>& time) {
  return time ? std::to_string(to_millis(*time)) : "never";
}

}  // namespace

World::World() {
  embedded = registry("berth", RegistryKind::kBerth);
}

WorkspaceId World::workspace(std::string name) {
  auto& row = workspaces.emplace_back();
  row.id = next<WorkspaceId>();
  row.name = WorkspaceName::trusted(std::move(name));
  return row.id;
}

UserId World::user(std::string login, PlatformRole role) {
  auto& row = users.emplace_back();
  row.id = next<UserId>();
  row.login = LoginName::trusted(std::move(login));
  row.platform_role = role;
  return row.id;
}

GroupId World::group(std::string name, std::vector<UserId> in_it) {
  auto& row = groups.emplace_back();
  row.id = next<GroupId>();
  row.name = std::move(name);
  for (const auto id : in_it) group_members.push_back({row.id, id});
  return row.id;
}

void World::member(WorkspaceId workspace, std::variant<UserId, GroupId> principal, Role role) {
  members.push_back({workspace, principal, role});
}

RegistryId World::registry(std::string name, RegistryKind kind, std::optional<WorkspaceId> scope) {
  auto& row = registries.emplace_back();
  row.id = next<RegistryId>();
  row.name = RegistryName::trusted(std::move(name));
  row.kind = kind;
  row.scope = scope;
  if (kind == RegistryKind::kBerth)
    row.origin = RegistryOrigin::kManaged;
  else
    row.origin = scope ? RegistryOrigin::kAssociated : RegistryOrigin::kIntegrated;
  if (kind != RegistryKind::kBerth) row.address = "https://" + row.name.text() + ".example";
  return row.id;
}

SpaceId World::space(std::string name, Publicity publicity, std::optional<WorkspaceId> owner) {
  return space_in(embedded, std::move(name), publicity, owner);
}

SpaceId World::space_in(RegistryId registry, std::string name, Publicity publicity, std::optional<WorkspaceId> owner) {
  auto& row = spaces.emplace_back();
  row.id = next<SpaceId>();
  row.registry = registry;
  row.name = SpaceName::trusted(std::move(name));
  row.is_public = publicity == Publicity::kPublic;
  row.owner = owner;
  return row.id;
}

void World::bind(SpaceId space, WorkspaceId workspace, Access access) {
  unbind(space, workspace);
  bindings.push_back({space, workspace, access});
}

void World::unbind(SpaceId space, WorkspaceId workspace) {
  std::erase_if(bindings, [&](const Binding& b) { return b.space == space && b.workspace == workspace; });
}

NamespaceId World::name_space(std::string cluster, std::string name, std::optional<WorkspaceId> workspace) {
  auto& row = namespaces.emplace_back();
  row.id = next<NamespaceId>();
  row.cluster = std::move(cluster);
  row.name = LabelName::trusted(std::move(name));
  row.claimed_by = workspace;
  row.workspace = workspace;
  return row.id;
}

CredentialId World::credential(NamespaceId name, std::optional<Time> expires_at) {
  const auto id = next<CredentialId>();
  the(name).credentials.push_back({.id = id,
                                   .username = fmt::format("namespace+{}", id.value()),
                                   .secret_hash = fmt::format("hash-{}", id.value()),
                                   .expires_at = expires_at});
  return id;
}

RobotId World::robot(std::string name, std::variant<WorkspaceId, UserId> owner, Grants grants,
                     std::optional<Time> expires_at) {
  const auto id = next<RobotId>();
  robots.push_back({.id = id,
                    .name = LoginName::trusted(std::move(name)),
                    .owner = owner,
                    .secret_hash = fmt::format("hash-{}", id.value()),
                    .grants = std::move(grants),
                    .disabled = false,
                    .expires_at = expires_at});
  return id;
}

AccessTokenId World::token(UserId user, Grants grants, std::optional<Time> expires_at) {
  const auto id = next<AccessTokenId>();
  tokens.push_back({.id = id,
                    .user = user,
                    .secret_hash = fmt::format("hash-{}", id.value()),
                    .grants = std::move(grants),
                    .expires_at = expires_at});
  return id;
}

User& World::the(UserId id) {
  return row_of(users, id);
}
Registry& World::the(RegistryId id) {
  return row_of(registries, id);
}
Space& World::the(SpaceId id) {
  return row_of(spaces, id);
}
Namespace& World::the(NamespaceId id) {
  return row_of(namespaces, id);
}
Robot& World::the(RobotId id) {
  return row_of(robots, id);
}
AccessToken& World::the(AccessTokenId id) {
  return row_of(tokens, id);
}

SnapshotPtr World::snapshot() const {
  auto all = *this;
  for (const auto& [group, user] : group_members) all.the(user).groups.push_back(group);
  for (const auto& [workspace, principal, role] : members) {
    if (const auto* user = std::get_if<UserId>(&principal))
      all.the(*user).memberships.push_back({workspace, role});
    else
      row_of(all.groups, std::get<GroupId>(principal)).memberships.push_back({workspace, role});
  }
  for (const auto& space : spaces) all.the(space.registry).spaces.push_back(space.id);
  for (const auto& binding : bindings) {
    all.the(binding.space).bindings.push_back(binding);
    row_of(all.workspaces, binding.workspace).bindings.push_back(binding);
  }
  for (const auto& registry : registries)
    if (registry.scope) row_of(all.workspaces, *registry.scope).registries.push_back(registry.id);
  for (const auto& name : namespaces)
    if (name.workspace) row_of(all.workspaces, *name.workspace).namespaces.push_back(name.id);

  Snapshot made;
  made.version = 1;
  made.embedded = embedded;
  made.anonymous_pull = anonymous_pull;
  const auto fill = [](auto& table, auto& index, const auto& rows, auto key) {
    for (const auto& row : rows) {
      table = table.with(row.id, row);
      index = index.with(key(row), row.id);
    }
  };
  fill(made.users, made.user_by_login, all.users, [](const User& row) { return row.login.text(); });
  fill(made.workspaces, made.workspace_by_name, all.workspaces, [](const Workspace& row) { return row.name.text(); });
  fill(made.registries, made.registry_by_name, all.registries, [](const Registry& row) { return row.name.text(); });
  fill(made.spaces, made.space_by_name, all.spaces, [](const Space& row) { return space_key(row.registry, row.name); });
  fill(made.robots, made.robot_by_name, all.robots, [](const Robot& row) { return row.name.text(); });
  fill(made.tokens, made.token_by_hash, all.tokens, [](const AccessToken& row) { return row.secret_hash; });
  for (const auto& row : all.groups) made.groups = made.groups.with(row.id, row);
  for (const auto& row : all.namespaces) {
    made.namespaces = made.namespaces.with(row.id, row);
    for (const auto& credential : row.credentials)
      made.namespace_by_credential = made.namespace_by_credential.with(credential.username, row.id);
  }
  for (const auto& row : all.spaces)
    if (const auto& registry = all.the(row.registry); !registry.scope && (row.is_public || registry.all_spaces_public))
      made.public_spaces = made.public_spaces.with(row.id, {});
  return std::make_shared<const Snapshot>(std::move(made));
}

std::string World::describe() const {
  std::string out = fmt::format("embedded registry {}, anonymous pull {}\n", embedded.value(), anonymous_pull);
  const auto line = [&]<class... T>(fmt::format_string<T...> format, T&&... args) {
    fmt::format_to(std::back_inserter(out), format, std::forward<T>(args)...);
    out += '\n';
  };
  for (const auto& row : workspaces) line("workspace {} {}", row.id.value(), row.name.text());
  for (const auto& row : users)
    line("user {} {} {}{}", row.id.value(), row.login.text(), to_text(row.platform_role),
         row.disabled ? " disabled" : "");
  for (const auto& [group, user] : group_members) line("user {} in group {}", user.value(), group.value());
  for (const auto& [workspace, principal, role] : members) {
    const auto id = std::visit([](auto any) { return any.value(); }, principal);
    line("{} {} is {} of workspace {}", principal.index() == 0 ? "user" : "group", id, to_text(role),
         workspace.value());
  }
  for (const auto& row : registries)
    line("registry {} {} {} scope {}{}", row.id.value(), row.name.text(), to_text(row.kind), text(row.scope),
         row.all_spaces_public ? " all public" : "");
  for (const auto& row : spaces)
    line("space {} {} in registry {} owner {}{}{}", row.id.value(), row.name.text(), row.registry.value(),
         text(row.owner), row.is_public ? " public" : "", row.pull_through ? " pull-through" : "");
  for (const auto& b : bindings)
    line("space {} bound to workspace {}: {}", b.space.value(), b.workspace.value(), to_text(b.access));
  for (const auto& row : namespaces) {
    line("namespace {} claimed by {} bound to {}", row.id.value(), text(row.claimed_by), text(row.workspace));
    for (const auto& c : row.credentials) line("  credential {} until {}", c.id.value(), text(c.expires_at));
  }
  for (const auto& row : robots) {
    const auto owner = std::visit([](auto id) { return id.value(); }, row.owner);
    line("robot {} of {} {}{} until {} grants {}", row.id.value(), row.owner.index() == 0 ? "workspace" : "user", owner,
         row.disabled ? " disabled" : "", text(row.expires_at), to_json_text(row.grants));
  }
  for (const auto& row : tokens)
    line("token {} of user {} until {} grants {}", row.id.value(), row.user.value(), text(row.expires_at),
         to_json_text(row.grants));
  return out;
}

}  // namespace berth::access::testing
