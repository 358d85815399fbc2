#include "tenancy/bindings.h"

#include "access/text.h"
#include "tenancy/binding_batch.h"

namespace berth::tenancy {
namespace {

using access::Access;

Result<void> check_size(const Bindings::Batch& batch) {
  if (batch.spaces.empty() || batch.workspaces.empty())
    return fail(Fault::kInvalid, "name at least one space and one workspace");
  if (batch.spaces.size() * batch.workspaces.size() <= Bindings::kMostPairs) return {};
  return fail(Fault::kInvalid, fmt::format("a batch has at most {} pairs", Bindings::kMostPairs));
}

/// The asker's snapshot told who may bind; this is the same question for each pair, at the rule itself.
Result<void> check_may_bind(const Asking& asking, const Resolved& resolved) {
  const auto decider = asking.decider();
  for (const auto space : resolved.spaces)
    for (const auto workspace : resolved.workspaces)
      if (!decider.may(asking.subject, access::Action::kBind, access::BindTarget{space, workspace}))
        return fail(Error::denied("a platform administrator binds spaces to workspaces"));
  return {};
}

struct Pair {
  SpaceId space;
  WorkspaceId workspace;
};

// By workspace, as far as the page needs it: all the pairs of a large platform are never gathered.
Slice<Pair> visible_pairs(const Asking& asking, const Bindings::Filter& filter, const http::Page& page) {
  const auto& snapshot = *asking.snapshot;
  std::vector<Keyed<WorkspaceId>> workspaces;
  snapshot.workspaces.for_each([&](WorkspaceId id, const access::Workspace& workspace) {
    if (filter.workspace && *filter.workspace != id) return;
    if (asking.may(access::Action::kSeeWorkspace, id)) workspaces.push_back({workspace.name.text(), id});
  });
  std::ranges::sort(workspaces, {}, &Keyed<WorkspaceId>::key);
  Slice<Pair> result;
  for (const auto& [name, id] : workspaces) {
    std::vector<Keyed<Pair>> pairs;
    for (const auto& binding : snapshot.workspaces.find(id)->bindings)
      if (!filter.space || *filter.space == binding.space)
        pairs.push_back({fmt::format("{} {}", name, full_name(snapshot, binding.space)), {binding.space, id}});
    // A blank sorts before all that names have, so that the keys of one workspace stand together.
    const auto part = cut(std::move(pairs), {.limit = page.limit + 1 - result.items.size(), .after = page.after});
    result.items.insert(result.items.end(), part.items.begin(), part.items.end());
    if (result.items.size() > page.limit) break;
  }
  if (result.items.size() > page.limit) {
    result.items.resize(page.limit);
    const auto& last = result.items.back();
    result.next = fmt::format("{} {}", name_of(snapshot, last.workspace), full_name(snapshot, last.space));
  }
  return result;
}

std::optional<Binding> read_one(db::Connection& tx, const access::Snapshot& snapshot, const Pair& pair) {
  const auto row = tx.one<std::string, std::int64_t>(
      "SELECT access, created_at FROM bindings WHERE space_id = :space AND workspace_id = :workspace", pair.space,
      pair.workspace);
  if (!row) return std::nullopt;
  return Binding{.space = full_name(snapshot, pair.space),
                 .workspace = name_of(snapshot, pair.workspace),
                 .access = access::parse<Access>(std::get<0>(*row)).value(),
                 .created_at = from_millis(std::get<1>(*row))};
}

}  // namespace

Result<SpaceRef> SpaceRef::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return fail(Fault::kInvalid, "write <registry>/<space>");
  const auto registry = RegistryName::parse(text.substr(0, slash));
  if (!registry) return fail(registry.error());
  const auto space = SpaceName::parse(text.substr(slash + 1));
  if (!space) return fail(space.error());
  return SpaceRef{*registry, *space};
}

json::object to_json(const Binding& binding) {
  return {{"space", binding.space},
          {"workspace", binding.workspace},
          {"access", access::to_text(binding.access)},
          {"created_at", to_rfc3339(binding.created_at)}};
}

Result<Bindings::Outcome> Bindings::set(const Asking& asking, const Batch& batch, std::optional<Access> access) {
  if (auto size = check_size(batch); !size) return fail(size.error());
  const auto resolved = resolve(asking, batch);
  if (!resolved) return fail(resolved.error());
  if (auto may = check_may_bind(asking, *resolved); !may) return fail(may.error());
  if (batch.dry_run == DryRun::kYes)
    return outcome_of(asking,
                      context_.database.read([&](db::Connection& tx) { return changes_to(tx, *resolved, access); }));
  const auto pairs = write(context_, asking, "another batch bound the same at the same moment",
                           [&](db::Connection& tx, Changes& changes) -> Result<std::vector<PairChange>> {
                             // Takes the lock before it reads: what stands now stands until the commit.
                             changes.touch(resolved->spaces.front());
                             auto found = changes_to(tx, *resolved, access);
                             apply(tx, changes, asking, found);
                             return found;
                           });
  if (!pairs) return fail(pairs.error());
  return outcome_of(asking, *pairs);
}

Result<Bindings::Outcome> Bindings::add(const Asking& asking, const Batch& batch, Access access) {
  return set(asking, batch, access);
}

Result<Bindings::Outcome> Bindings::remove(const Asking& asking, const Batch& batch) {
  return set(asking, batch, std::nullopt);
}

Slice<Binding> Bindings::list(const Asking& asking, const Filter& filter, const http::Page& page) const {
  const auto pairs = visible_pairs(asking, filter, page);
  return context_.database.read([&](db::Connection& tx) {
    Slice<Binding> result{.items = {}, .next = pairs.next};
    for (const auto& pair : pairs.items)
      if (auto found = read_one(tx, *asking.snapshot, pair)) result.items.push_back(std::move(*found));
    return result;
  });
}

}  // namespace berth::tenancy
