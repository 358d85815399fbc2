#include "tenancy/binding_batch.h"

#include "access/text.h"

namespace berth::tenancy {
namespace {

using access::Access;

// A space of a workspace's own registry is refused by its registry alone: whether it exists is not the platform's to
// know.
std::string refusal_of(const Asking& asking, const SpaceRef& ref, std::optional<SpaceId>& found) {
  const auto& snapshot = *asking.snapshot;
  const auto* registry_id = snapshot.registry_by_name.find(ref.registry.text());
  const auto* registry = registry_id ? snapshot.registries.find(*registry_id) : nullptr;
  if (!registry) return fmt::format("space {}: there is no such registry", ref.text());
  if (registry->scope)
    return fmt::format("space {}: registry {} belongs to one workspace", ref.text(), ref.registry.text());
  const auto* space = snapshot.space_by_name.find(access::space_key(*registry_id, ref.space));
  if (!space) return fmt::format("space {}: there is no such space", ref.text());
  found = *space;
  return {};
}

template <class T>
void make_unique(std::vector<T>& values) {
  std::ranges::sort(values);
  values.erase(std::ranges::unique(values).begin(), values.end());
}

json::value state_of(std::optional<Access> access) {
  if (!access) return nullptr;
  return json::object{{"access", access::to_text(*access)}};
}

Verb verb_of(const PairChange& pair) {
  if (!pair.before) return kCreate;
  return pair.after ? kUpdate : kDelete;
}

void write_row(db::Connection& tx, const Asking& asking, const PairChange& pair) {
  if (!pair.after)
    tx.execute("DELETE FROM bindings WHERE space_id = :space AND workspace_id = :workspace", pair.space,
               pair.workspace);
  else if (pair.before)
    tx.execute("UPDATE bindings SET access = :access WHERE space_id = :space AND workspace_id = :workspace",
               access::to_text(*pair.after), pair.space, pair.workspace);
  else
    tx.execute(
        "INSERT INTO bindings (space_id, workspace_id, access, created_by, created_at)"
        " VALUES (:space, :workspace, :access, :by, :now)",
        pair.space, pair.workspace, access::to_text(*pair.after), asking.actor.name, asking.now);
}

std::vector<PairState> states(std::span<const PairChange> pairs, std::optional<Access> PairChange::* side) {
  std::vector<PairState> states;
  for (const auto& pair : pairs) states.push_back({pair.space, pair.workspace, pair.*side});
  return states;
}

}  // namespace

Result<Resolved> resolve(const Asking& asking, const Bindings::Batch& batch) {
  Resolved resolved;
  std::vector<std::string> refused;
  for (const auto& ref : batch.spaces) {
    std::optional<SpaceId> space;
    if (auto why = refusal_of(asking, ref, space); !why.empty()) refused.push_back(std::move(why));
    if (space) resolved.spaces.push_back(*space);
  }
  for (const auto& name : batch.workspaces) {
    if (const auto* workspace = asking.snapshot->workspace_by_name.find(name.text()))
      resolved.workspaces.push_back(*workspace);
    else
      refused.push_back(fmt::format("workspace {}: there is no such workspace", name.text()));
  }
  if (!refused.empty())
    return fail(Error{.fault = Fault::kInvalid,
                      .message = "nothing was bound or unbound: some names are wrong",
                      .subjects = std::move(refused),
                      .detail = {}});
  make_unique(resolved.spaces);
  make_unique(resolved.workspaces);
  return resolved;
}

std::vector<PairChange> changes_to(db::Connection& tx, const Resolved& resolved, std::optional<Access> wanted) {
  std::vector<PairChange> pairs;
  for (const auto workspace : resolved.workspaces) {
    std::unordered_map<std::int64_t, Access> bound;
    for (const auto& [space, access] : tx.query<std::int64_t, std::string>(
             "SELECT space_id, access FROM bindings WHERE workspace_id = :id", workspace))
      bound.emplace(space, access::parse<Access>(access).value());
    for (const auto space : resolved.spaces) {
      const auto it = bound.find(space.value());
      const auto before = it == bound.end() ? std::nullopt : std::optional(it->second);
      if (before != wanted) pairs.push_back({space, workspace, before, wanted});
    }
  }
  return pairs;
}

void apply(db::Connection& tx, Changes& changes, const Asking& asking, std::span<const PairChange> pairs) {
  for (const auto& pair : pairs) {
    changes.touch(pair.space);
    changes.touch(pair.workspace);
    write_row(tx, asking, pair);
    changes.record({.kind = "binding",
                    .verb = verb_of(pair),
                    .id = {},
                    .name = fmt::format("{} {}", full_name(*asking.snapshot, pair.space),
                                        name_of(*asking.snapshot, pair.workspace)),
                    .workspace = pair.workspace,
                    .space = pair.space,
                    .before = state_of(pair.before),
                    .after = state_of(pair.after)});
  }
}

Bindings::Outcome outcome_of(const Asking& asking, std::span<const PairChange> pairs) {
  const auto& snapshot = *asking.snapshot;
  Bindings::Outcome outcome;
  std::vector<WorkspaceId> workspaces;
  for (const auto& pair : pairs) {
    workspaces.push_back(pair.workspace);
    outcome.changed.push_back(
        {full_name(snapshot, pair.space), name_of(snapshot, pair.workspace), pair.before, pair.after});
  }
  make_unique(workspaces);
  std::ranges::sort(outcome.changed, {}, [](const auto& each) { return std::tie(each.workspace, each.space); });
  // The snapshot may be a moment behind the rows: both sides get the pairs as the transaction has them.
  const auto before = with_pairs(snapshot, states(pairs, &PairChange::before));
  const auto after = with_pairs(snapshot, states(pairs, &PairChange::after));
  outcome.delta = compare(before, after, asking.now, workspaces);
  return outcome;
}

}  // namespace berth::tenancy
