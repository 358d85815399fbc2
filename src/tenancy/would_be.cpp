#include "tenancy/would_be.h"

#include "access/decider.h"

namespace berth::tenancy {
namespace {

/// Applies to each row named by `key` its own pairs, so that a row is copied once however many they are.
template <class Id, class Row>
access::Table<Id, Row> with_rows(const access::Table<Id, Row>& table, std::span<const PairState> pairs,
                                 Id PairState::* key) {
  std::unordered_map<Id, std::unordered_map<std::int64_t, const PairState*>> by_row;
  const auto other = [](const auto& pair) {
    return std::is_same_v<Id, SpaceId> ? pair.workspace.value() : pair.space.value();
  };
  for (const auto& pair : pairs) by_row[pair.*key][other(pair)] = &pair;
  typename access::Table<Id, Row>::Editor editor(table);
  for (const auto& [id, changes] : by_row) {
    const auto* found = editor.find(id);
    if (!found) continue;
    Row row = *found;
    std::erase_if(row.bindings, [&](const access::Binding& binding) { return changes.contains(other(binding)); });
    for (const auto& [_, pair] : changes)
      if (pair->access) row.bindings.push_back({pair->space, pair->workspace, *pair->access});
    editor.put(id, std::move(row));
  }
  return std::move(editor).take();
}

void add_difference(const access::Snapshot& names, WorkspaceId workspace, const std::vector<SpaceId>& from,
                    const std::vector<SpaceId>& to, std::vector<Sight>& into) {
  std::vector<SpaceId> only;
  std::ranges::set_difference(to, from, std::back_inserter(only));
  for (const auto space : only) into.push_back({name_of(names, workspace), full_name(names, space)});
}

}  // namespace

access::Snapshot with_pairs(access::Snapshot snapshot, std::span<const PairState> pairs) {
  snapshot.spaces = with_rows(snapshot.spaces, pairs, &PairState::space);
  snapshot.workspaces = with_rows(snapshot.workspaces, pairs, &PairState::workspace);
  return snapshot;
}

access::Snapshot with_all_spaces_public(access::Snapshot snapshot, RegistryId id, bool all_public) {
  const auto* found = snapshot.registries.find(id);
  if (!found) return snapshot;
  auto registry = *found;
  registry.all_spaces_public = all_public;
  const auto spaces = registry.spaces;
  snapshot.registries = snapshot.registries.with(id, std::move(registry));
  access::Table<SpaceId, std::monostate>::Editor open(snapshot.public_spaces);
  for (const auto space : spaces) {
    const auto* row = snapshot.spaces.find(space);
    if (row && access::is_public(snapshot, *row))
      open.put(space, {});
    else
      open.erase(space);
  }
  snapshot.public_spaces = std::move(open).take();
  return snapshot;
}

std::string full_name(const access::Snapshot& snapshot, SpaceId id) {
  const auto* space = snapshot.spaces.find(id);
  const auto* registry = space ? snapshot.registries.find(space->registry) : nullptr;
  return registry ? registry->name.text() + "/" + space->name.text() : "";
}

std::string name_of(const access::Snapshot& snapshot, WorkspaceId id) {
  const auto* workspace = snapshot.workspaces.find(id);
  return workspace ? workspace->name.text() : "";
}

AccessDelta compare(const access::Snapshot& before, const access::Snapshot& after, Time now,
                    const std::vector<WorkspaceId>& workspaces) {
  AccessDelta delta;
  for (const auto workspace : workspaces) {
    const auto saw = access::Decider(before, now).visible_to(workspace);
    const auto sees = access::Decider(after, now).visible_to(workspace);
    add_difference(after, workspace, saw, sees, delta.gains);
    add_difference(after, workspace, sees, saw, delta.loses);
  }
  std::ranges::sort(delta.gains);
  std::ranges::sort(delta.loses);
  return delta;
}

}  // namespace berth::tenancy
