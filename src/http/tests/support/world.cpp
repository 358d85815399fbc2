#include "support/world.h"

namespace berth::http::test {
namespace {

using access::Access;
using access::Binding;
using access::Role;

void add_user(World& world, UserId id, std::string_view login, std::vector<access::Membership> memberships,
              access::PlatformRole role = access::PlatformRole::kNone) {
  access::User row;
  row.id = id;
  row.login = LoginName::trusted(std::string(login));
  row.platform_role = role;
  row.disabled = id == World::kGone;
  row.memberships = std::move(memberships);
  world.snapshot.users = world.snapshot.users.with(id, row);
  world.snapshot.user_by_login = world.snapshot.user_by_login.with(std::string(login), id);
}

void add_space(World& world, SpaceId id, std::string_view name, bool is_public, std::optional<WorkspaceId> owner,
               std::vector<Binding> bindings) {
  access::Space row;
  row.id = id;
  row.registry = World::kLocal;
  row.name = SpaceName::trusted(std::string(name));
  row.is_public = is_public;
  row.owner = owner;
  row.bindings = std::move(bindings);
  auto& snapshot = world.snapshot;
  snapshot.space_by_name = snapshot.space_by_name.with(access::space_key(World::kLocal, row.name), id);
  if (is_public) snapshot.public_spaces = snapshot.public_spaces.with(id, {});
  snapshot.spaces = snapshot.spaces.with(id, std::move(row));
}

void add_workspace(World& world, WorkspaceId id, std::string_view name, std::vector<Binding> bindings) {
  access::Workspace row;
  row.id = id;
  row.name = WorkspaceName::trusted(std::string(name));
  row.bindings = std::move(bindings);
  world.snapshot.workspaces = world.snapshot.workspaces.with(id, row);
  world.snapshot.workspace_by_name = world.snapshot.workspace_by_name.with(std::string(name), id);
}

void add_registry(World& world) {
  access::Registry row;
  row.id = World::kLocal;
  row.name = RegistryName::trusted("local");
  row.spaces = {World::kLibrary, World::kShop, World::kTools, World::kSecret};
  world.snapshot.registries = world.snapshot.registries.with(row.id, row);
  world.snapshot.registry_by_name = world.snapshot.registry_by_name.with("local", row.id);
  world.snapshot.embedded = row.id;
}

void add_machines(World& world) {
  access::Namespace name;
  name.id = World::kProdShop;
  name.cluster = "prod";
  name.name = LabelName::trusted("shop");
  name.claimed_by = name.workspace = World::kRetail;
  name.credentials = {{.id = World::kCredential, .username = "ns-1", .secret_hash = "hash", .expires_at = {}}};
  world.snapshot.namespaces = world.snapshot.namespaces.with(name.id, name);
  access::Robot ci;
  ci.id = World::kCi;
  ci.name = LoginName::trusted("ci");
  ci.owner = World::kRetail;
  ci.secret_hash = "hash";
  ci.grants.spaces = {{.space = {}, .repository = {}, .verbs = {.pull = true, .push = true}}};
  world.snapshot.robots = world.snapshot.robots.with(ci.id, ci);
}

}  // namespace

World make_world() {
  World world;
  const Binding shop{World::kShop, World::kRetail, Access::kPush};
  const Binding tools{World::kTools, World::kRetail, Access::kPull};
  add_registry(world);
  add_space(world, World::kLibrary, "library", true, {}, {});
  add_space(world, World::kShop, "shop", false, World::kRetail, {shop});
  add_space(world, World::kTools, "tools", false, {}, {tools});
  add_space(world, World::kSecret, "secret", false, World::kBank, {});
  add_workspace(world, World::kRetail, "retail", {shop, tools});
  add_workspace(world, World::kBank, "bank", {});
  add_user(world, World::kAdmin, "admin", {}, access::PlatformRole::kAdministrator);
  add_user(world, World::kAuditor, "auditor", {}, access::PlatformRole::kAuditor);
  add_user(world, World::kAlice, "alice", {{World::kRetail, Role::kAdmin}});
  add_user(world, World::kEve, "eve", {{World::kRetail, Role::kEditor}});
  add_user(world, World::kVic, "vic", {{World::kRetail, Role::kViewer}});
  add_user(world, World::kBob, "bob", {{World::kBank, Role::kAdmin}});
  add_user(world, World::kGone, "gone", {{World::kRetail, Role::kAdmin}});
  add_machines(world);
  return world;
}

access::Subject anonymous() {
  return {.who = access::Anonymous{}, .scope = {}};
}
access::Subject user(UserId id) {
  return {.who = access::UserSubject{.id = id, .token = {}}, .scope = {}};
}
access::Subject robot(RobotId id) {
  return {.who = access::RobotSubject{id}, .scope = {}};
}
access::Subject credential_of(NamespaceId id) {
  return {.who = access::NamespaceSubject{id, World::kCredential}, .scope = {}};
}

access::Subject scoped(access::Subject subject, std::string_view repository, access::Verbs verbs) {
  subject.scope.emplace();
  if (!repository.empty()) subject.scope->push_back({RepositoryName::parse(repository).value(), verbs});
  return subject;
}

}  // namespace berth::http::test
