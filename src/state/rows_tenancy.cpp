#include "state/row_query.h"
#include "state/rows.h"

namespace berth::state {
namespace {

using Int = std::int64_t;
using Text = std::string;
using MaybeInt = std::optional<std::int64_t>;

}  // namespace

std::vector<access::Workspace> read_workspaces(db::Connection& tx, std::optional<WorkspaceId> only) {
  std::vector<access::Workspace> workspaces;
  for (auto& [id, name] : select<Int, Text>(tx, "SELECT id, name FROM workspaces", "id", only, "id")) {
    auto& row = workspaces.emplace_back();
    row.id = WorkspaceId(id);
    row.name = WorkspaceName::trusted(std::move(name));
  }
  const ById<access::Workspace> by_id(workspaces);
  for (const auto& [space, workspace, access] : select<Int, Int, Text>(
           tx, "SELECT space_id, workspace_id, access FROM bindings", "workspace_id", only, "workspace_id, space_id"))
    if (auto* row = by_id.find(workspace))
      row->bindings.push_back({SpaceId(space), row->id, stored<access::Access>(access)});
  for (const auto& [registry, workspace] :
       select<Int, MaybeInt>(tx, "SELECT id, scope_workspace_id FROM registries", "scope_workspace_id", only, "id"))
    if (auto* row = by_id.find(workspace.value_or(0))) row->registries.push_back(RegistryId(registry));
  for (const auto& [name, workspace] :
       select<Int, MaybeInt>(tx, "SELECT id, workspace_id FROM namespaces", "workspace_id", only, "id"))
    if (auto* row = by_id.find(workspace.value_or(0))) row->namespaces.push_back(NamespaceId(name));
  return workspaces;
}

std::vector<access::Registry> read_registries(db::Connection& tx, std::optional<RegistryId> only) {
  std::vector<access::Registry> registries;
  for (auto& [id, name, kind, origin, scope, address, all_public] : select<Int, Text, Text, Text, MaybeInt, Text, Int>(
           tx, "SELECT id, name, kind, origin, scope_workspace_id, address, all_spaces_public FROM registries", "id",
           only, "id"))
    registries.push_back({.id = RegistryId(id),
                          .name = RegistryName::trusted(std::move(name)),
                          .kind = stored<access::RegistryKind>(kind),
                          .origin = stored<access::RegistryOrigin>(origin),
                          .scope = optional_id<WorkspaceId>(scope),
                          .address = std::move(address),
                          .all_spaces_public = all_public != 0,
                          .spaces = {}});
  const ById<access::Registry> by_id(registries);
  for (const auto& [space, registry] :
       select<Int, Int>(tx, "SELECT id, registry_id FROM spaces", "registry_id", only, "id"))
    if (auto* row = by_id.find(registry)) row->spaces.push_back(SpaceId(space));
  return registries;
}

std::vector<access::Space> read_spaces(db::Connection& tx, std::optional<SpaceId> only) {
  std::vector<access::Space> spaces;
  for (auto& [id, registry, name, is_public, owner, sparse, pull_through] :
       select<Int, Int, Text, Int, MaybeInt, Int, Int>(
           tx, "SELECT id, registry_id, name, public, owner_workspace_id, allow_sparse, pull_through FROM spaces", "id",
           only, "id"))
    spaces.push_back({.id = SpaceId(id),
                      .registry = RegistryId(registry),
                      .name = SpaceName::trusted(std::move(name)),
                      .is_public = is_public != 0,
                      .owner = optional_id<WorkspaceId>(owner),
                      .pull_through = pull_through != 0,
                      .allow_sparse = sparse != 0,
                      .bindings = {}});
  const ById<access::Space> by_id(spaces);
  for (const auto& [space, workspace, access] : select<Int, Int, Text>(
           tx, "SELECT space_id, workspace_id, access FROM bindings", "space_id", only, "space_id, workspace_id"))
    if (auto* row = by_id.find(space))
      row->bindings.push_back({row->id, WorkspaceId(workspace), stored<access::Access>(access)});
  return spaces;
}

std::vector<access::Namespace> read_namespaces(db::Connection& tx, std::optional<NamespaceId> only) {
  std::vector<access::Namespace> namespaces;
  for (auto& [id, cluster, name, claimed_by, workspace] : select<Int, Text, Text, MaybeInt, MaybeInt>(
           tx,
           "SELECT n.id, c.name, n.name, n.claimed_by, n.workspace_id FROM namespaces n "
           "JOIN clusters c ON c.id = n.cluster_id",
           "n.id", only, "n.id"))
    namespaces.push_back({.id = NamespaceId(id),
                          .cluster = std::move(cluster),
                          .name = LabelName::trusted(std::move(name)),
                          .claimed_by = optional_id<WorkspaceId>(claimed_by),
                          .workspace = optional_id<WorkspaceId>(workspace),
                          .credentials = {}});
  const ById<access::Namespace> by_id(namespaces);
  for (auto& [id, name, username, hash, expires] : select<Int, Int, Text, Text, MaybeInt>(
           tx, "SELECT id, namespace_id, username, secret_hash, expires_at FROM namespace_credentials", "namespace_id",
           only, "namespace_id, id"))
    if (auto* row = by_id.find(name))
      row->credentials.push_back({.id = CredentialId(id),
                                  .username = std::move(username),
                                  .secret_hash = std::move(hash),
                                  .expires_at = optional_time(expires)});
  return namespaces;
}

}  // namespace berth::state
