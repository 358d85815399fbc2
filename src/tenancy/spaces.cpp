#include "tenancy/spaces.h"

#include "jobs/queue.h"
#include "tenancy/in_the_way.h"
#include "tenancy/space_rows.h"

namespace berth::tenancy {
namespace {

using access::Action;

// Why each: docker reads "localhost/…" as a host. The rest are what follows a name in /v2 paths, or the first component
// of this server's own paths, which proxies and people match by prefix. "_catalog" and its like are no components at
// all.
constexpr std::array<std::string_view, 15> kReserved{"localhost", "v1",        "v2",     "api",     "service",
                                                     "token",     "healthz",   "readyz", "metrics", "blobs",
                                                     "manifests", "referrers", "tags",   "uploads", "catalog"};
constexpr std::size_t kMaxName = 128;
// The collector's topic for spaces that have a policy now (distribution/reviews.h).
constexpr std::string_view kUntaggedPolicy = "space.policy";

Result<std::optional<WorkspaceId>> find_owner(db::Connection& tx, const std::optional<WorkspaceName>& name) {
  if (!name) return std::nullopt;
  const auto row =
      tx.one<std::int64_t>(fmt::format("SELECT id FROM workspaces WHERE name = :name{}", tx.for_share()), *name);
  if (!row)
    return fail(Error{Fault::kInvalid,
                      fmt::format("there is no workspace named {}", name->text()),
                      {"owner_workspace: not known"},
                      {}});
  return WorkspaceId(std::get<0>(*row));
}

struct Place {
  RegistryId id;
  bool embedded = false;
  bool platform = false;
};
Result<Place> find_registry(db::Connection& tx, const Asking& asking, const std::string& name) {
  const auto row = tx.one<std::int64_t, std::optional<std::int64_t>>(
      "SELECT id, scope_workspace_id FROM registries WHERE name = :name", name);
  if (!row) return fail(Fault::kNotFound, "there is no such registry");
  const auto id = RegistryId(std::get<0>(*row));
  return Place{id, id == asking.snapshot->embedded, !std::get<1>(*row)};
}

/// One answer for a workspace that is not there and for one that is not the asker's to manage.
Result<void> check_may_create(const Asking& asking, const Spaces::New& wanted) {
  if (asking.may(Action::kAdminister, access::PlatformTarget{})) return {};
  const auto* owner = wanted.owner ? asking.snapshot->workspace_by_name.find(wanted.owner->text()) : nullptr;
  if (!owner || !asking.may(Action::kManageWorkspace, *owner))
    return fail(Error::denied("a platform administrator makes spaces, and an admin of a workspace those that it owns"));
  if (wanted.quota_bytes) return fail(Error::denied("a platform administrator sets quotas"));
  return {};
}

Result<void> check_may_patch(const Asking& asking, const Spaces::Patch& patch) {
  if (!patch.quota_bytes && !patch.owner) return {};
  if (asking.may(Action::kAdminister, access::PlatformTarget{})) return {};
  return fail(Error::denied("a platform administrator sets the quota and the owner of a space"));
}

// Another owner's name is not for the first owner's eyes: such a change is in the platform's log only.
std::optional<WorkspaceId> reader_of(const Space* before, const Space* after) {
  if (before && after && before->owner != after->owner) return std::nullopt;
  return after ? after->owner : before->owner;
}

Change change_of(Verb verb, const Space* before, const Space* after) {
  const auto& space = after ? *after : *before;
  return {.kind = "space",
          .verb = verb,
          .id = space.id.value(),
          .name = space.full_name(),
          .workspace = reader_of(before, after),
          .space = space.id,
          .before = before ? json::value(settings_of(*before)) : json::value(nullptr),
          .after = after ? json::value(settings_of(*after)) : json::value(nullptr)};
}

Result<Space> lock(db::Connection& tx, Changes& changes, const Spaces::At& at, const IfMatch& if_match) {
  auto found = read_space(tx, at, tx.for_update());
  if (!found) return found;
  if (auto met = if_match.check(found->version); !met) return fail(met.error());
  changes.touch(found->id);
  return found;
}

Space with_rule(Space space, const Asking& asking) {
  const auto* row = asking.snapshot->spaces.find(space.id);
  space.effectively_public = row && access::is_public(*asking.snapshot, *row);
  return space;
}

/// The space as it now is, on the snapshot that has it.
Result<Space> as_it_is(Result<Space> changed, const Context& context, Asking asking) {
  if (!changed) return changed;
  asking.snapshot = context.snapshots.current();
  return with_rule(std::move(*changed), asking);
}

Result<Space> insert(db::Connection& tx, Changes& changes, const Asking& asking, const Spaces::New& wanted) {
  const auto place = find_registry(tx, asking, wanted.registry);
  if (!place) return fail(place.error());
  if (!place->embedded)
    return fail(Error::conflict(fmt::format("the spaces of registry {} are made there, not here", wanted.registry)));
  const auto owner = find_owner(tx, wanted.owner);
  if (!owner) return fail(owner.error());
  const auto id = tx.one<std::int64_t>(
      "INSERT INTO spaces (registry_id, name, public, owner_workspace_id, description, allow_sparse, quota_bytes, "
      "untagged_days, created_at)"
      " VALUES (:registry, :name, :public, :owner, :description, :sparse, :quota, :days, :now) RETURNING id",
      place->id, wanted.name, wanted.is_public, *owner, wanted.description, wanted.allow_sparse, wanted.quota_bytes,
      wanted.untagged_days, asking.now);
  changes.touch(SpaceId(std::get<0>(*id)));
  changes.touch(place->id);
  return read_space(tx, {wanted.registry, wanted.name.text()});
}

Result<Space> patched(db::Connection& tx, Space space, const Spaces::Patch& patch) {
  if (patch.is_public) space.is_public = *patch.is_public;
  if (patch.description) space.description = *patch.description;
  if (patch.allow_sparse) space.allow_sparse = *patch.allow_sparse;
  if (patch.quota_bytes) space.quota_bytes = *patch.quota_bytes;
  if (patch.untagged_days) space.untagged_days = *patch.untagged_days;
  if (patch.owner) {
    const auto owner = find_owner(tx, *patch.owner);
    if (!owner) return fail(owner.error());
    space.owner = *owner;
    space.owner_name = *patch.owner ? (*patch.owner)->text() : "";
  }
  return space;
}

Result<void> check_patched(db::Connection& tx, const Asking& asking, const Space& before, const Space& after) {
  const auto place = find_registry(tx, asking, before.registry);
  if (!place) return fail(place.error());
  if (!place->embedded && (after.allow_sparse != before.allow_sparse || after.untagged_days != before.untagged_days))
    return fail(Error::conflict(fmt::format("registry {} itself decides what it accepts", before.registry)));
  if (!place->platform && after.is_public)
    return fail(Error::conflict("a space of a workspace's own registry is never public"));
  return {};
}

// A tenant who owns the space learns how many workspaces use it, not which.
std::vector<std::string> in_the_way_of(db::Connection& tx, const Asking& asking, SpaceId space) {
  InTheWay way(tx);
  way.look("repository", "r.name", "repositories r WHERE r.space_id = :id", space.value());
  if (asking.may(Action::kAudit, access::PlatformTarget{}))
    way.look("binding to workspace", "w.name",
             "bindings b JOIN workspaces w ON w.id = b.workspace_id WHERE b.space_id = :id", space.value());
  else
    way.count("bindings to workspaces", "bindings b WHERE b.space_id = :id", space.value());
  way.look("upload to", "u.repository", "uploads u WHERE u.space_id = :id", space.value());
  return way.take();
}

}  // namespace

Result<SpaceName> parse_new_space_name(std::string_view text) {
  if (text.size() > kMaxName)
    return fail(Fault::kNameInvalid, fmt::format("a space's name has at most {} characters", kMaxName));
  if (std::ranges::find(kReserved, text) != kReserved.end())
    return fail(Fault::kNameInvalid, fmt::format("the name {} is reserved", text));
  return SpaceName::parse(text);
}

Result<Space> Spaces::create(const Asking& asking, const New& wanted) {
  if (auto may = check_may_create(asking, wanted); !may) return fail(may.error());
  const auto taken = fmt::format("registry {} has a space named {} already", wanted.registry, wanted.name.text());
  auto made = write(context_, asking, taken, [&](db::Connection& tx, Changes& changes) -> Result<Space> {
    auto space = insert(tx, changes, asking, wanted);
    if (space) changes.record(change_of(kCreate, nullptr, &*space));
    return space;
  });
  return as_it_is(std::move(made), context_, asking);
}

Result<Space> Spaces::update(const Asking& asking, const At& at, const Patch& patch, const IfMatch& if_match) {
  if (auto may = check_may_patch(asking, patch); !may) return fail(may.error());
  auto changed = write(context_, asking, "", [&](db::Connection& tx, Changes& changes) -> Result<Space> {
    const auto before = lock(tx, changes, at, if_match);
    if (!before) return before;
    auto wanted = patched(tx, *before, patch);
    if (!wanted || settings_of(*wanted) == settings_of(*before)) return wanted;
    if (auto sound = check_patched(tx, asking, *before, *wanted); !sound) return fail(sound.error());
    update_space(tx, *wanted);
    if (wanted->untagged_days && wanted->untagged_days != before->untagged_days)
      jobs::enqueue(tx, {kUntaggedPolicy, wanted->id.value()}, asking.now);
    auto after = read_space(tx, at);
    if (after) changes.record(change_of(kUpdate, &*before, &*after));
    return after;
  });
  return as_it_is(std::move(changed), context_, asking);
}

Result<void> Spaces::remove(const Asking& asking, const At& at, const IfMatch& if_match) {
  return write(context_, asking, "", [&](db::Connection& tx, Changes& changes) -> Result<void> {
    const auto before = lock(tx, changes, at, if_match);
    if (!before) return fail(before.error());
    const auto place = find_registry(tx, asking, at.registry);
    if (!place || !place->embedded)
      return fail(Error::conflict(fmt::format("the spaces of registry {} are removed there, not here", at.registry)));
    if (auto subjects = in_the_way_of(tx, asking, before->id); !subjects.empty())
      return fail(Error::conflict(fmt::format("space {} is still in use", before->full_name()), std::move(subjects)));
    changes.touch(place->id);
    tx.execute("DELETE FROM spaces WHERE id = :id", before->id);
    changes.record(change_of(kDelete, &*before, nullptr));
    return {};
  });
}

Result<Space> Spaces::find(const Asking& asking, const At& at) const {
  auto found = context_.database.read([&](db::Connection& tx) { return read_space(tx, at); });
  if (found) return with_rule(std::move(*found), asking);
  return found;
}

Slice<Space> Spaces::list(const Asking& asking, const std::string& registry, const http::Page& page) const {
  std::vector<Keyed<std::string>> visible;
  const auto& snapshot = *asking.snapshot;
  const auto* wanted = snapshot.registry_by_name.find(registry);
  for (const auto id : asking.decider().visible_to(asking.subject)) {
    const auto* space = snapshot.spaces.find(id);
    if (wanted && space && space->registry == *wanted) visible.push_back({space->name.text(), space->name.text()});
  }
  const auto names = cut(std::move(visible), page);
  return context_.database.read([&](db::Connection& tx) {
    Slice<Space> result{.items = {}, .next = names.next};
    for (const auto& name : names.items)
      if (auto found = read_space(tx, {registry, name})) result.items.push_back(with_rule(std::move(*found), asking));
    return result;
  });
}

}  // namespace berth::tenancy
