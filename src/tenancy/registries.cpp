#include "tenancy/registries.h"

#include "access/text.h"
#include "tenancy/would_be.h"

namespace berth::tenancy {
namespace {

constexpr std::string_view kColumns =
    "SELECT r.id, r.name, r.kind, r.origin, COALESCE(w.name, ''), r.address, r.all_spaces_public, r.created_at, "
    "r.version"
    " FROM registries r LEFT JOIN workspaces w ON w.id = r.scope_workspace_id";

template <class Param>
std::optional<Registry> read_one(db::Connection& tx, std::string_view where, const Param& param) {
  const auto row = tx.one<std::int64_t, std::string, std::string, std::string, std::string, std::string, std::int64_t,
                          std::int64_t, std::int64_t>(fmt::format("{} {}", kColumns, where), param);
  if (!row) return std::nullopt;
  const auto& [id, name, kind, origin, scope, address, all_public, created_at, version] = *row;
  return Registry{RegistryId(id),          name,   kind, origin, scope, address, all_public != 0,
                  from_millis(created_at), version};
}

Result<Registry> read_by_name(db::Connection& tx, const std::string& name) {
  auto found = read_one(tx, "WHERE r.name = :name", name);
  if (!found) return fail(Fault::kNotFound, "there is no such registry");
  return std::move(*found);
}

Result<void> check_platform(const Registry& registry) {
  if (registry.scope.empty()) return {};
  return fail(Error::conflict(
      fmt::format("registry {} belongs to workspace {}; its spaces are never public", registry.name, registry.scope)));
}

// As access::find_embedded() tells it.
bool has_embedded(db::Connection& tx) {
  return tx.one<std::int64_t>("SELECT id FROM registries WHERE kind = 'berth' AND address = ''").has_value();
}

Change change_of(const Registry& registry, Verb verb, json::value before, json::value after) {
  return {.kind = "registry",
          .verb = verb,
          .id = registry.id.value(),
          .name = registry.name,
          .workspace = {},
          .space = {},
          .before = std::move(before),
          .after = std::move(after)};
}

/// The spaces that are public in `to` and not in `from`.
std::vector<SpaceId> opened(const std::vector<SpaceId>& spaces, const access::Snapshot& from,
                            const access::Snapshot& to) {
  std::vector<SpaceId> found;
  for (const auto space : spaces)
    if (!from.public_spaces.find(space) && to.public_spaces.find(space)) found.push_back(space);
  return found;
}

Publicity::Side side_of(db::Connection& tx, const access::Snapshot& snapshot, const std::vector<SpaceId>& spaces) {
  Publicity::Side side;
  for (const auto space : spaces) {
    side.spaces.push_back(full_name(snapshot, space));
    const auto count = tx.one<std::int64_t>("SELECT COUNT(*) FROM repositories WHERE space_id = :id", space);
    side.repositories += std::get<0>(*count);
  }
  std::ranges::sort(side.spaces);
  return side;
}

std::vector<Publicity::Exposed> exposed_by(const access::Snapshot& snapshot, const std::vector<SpaceId>& spaces) {
  std::map<std::string, std::set<std::string>> whose;
  for (const auto id : spaces) {
    const auto* space = snapshot.spaces.find(id);
    if (space->owner) whose[name_of(snapshot, *space->owner)].insert(full_name(snapshot, id));
    for (const auto& binding : space->bindings)
      whose[name_of(snapshot, binding.workspace)].insert(full_name(snapshot, id));
  }
  std::vector<Publicity::Exposed> exposed;
  for (auto& [workspace, names] : whose) exposed.push_back({workspace, {names.begin(), names.end()}});
  return exposed;
}

json::array first_of(const std::vector<std::string>& names) {
  json::array some;
  for (const auto& name : names)
    if (some.size() < Publicity::kNamed) some.emplace_back(name);
  return some;
}

json::object to_json(const Publicity::Side& side) {
  return {
      {"space_count", side.spaces.size()}, {"repository_count", side.repositories}, {"spaces", first_of(side.spaces)}};
}

}  // namespace

json::object to_json(const Registry& registry) {
  json::object object{{"id", registry.id.value()},
                      {"name", registry.name},
                      {"kind", registry.kind},
                      {"origin", registry.origin},
                      {"workspace", nullptr},
                      {"address", registry.address},
                      {"all_spaces_public", registry.all_spaces_public},
                      {"created_at", to_rfc3339(registry.created_at)},
                      {"version", registry.version}};
  if (!registry.scope.empty()) object["workspace"] = registry.scope;
  return object;
}

json::object to_json(const Publicity& publicity) {
  json::array workspaces;
  for (const auto& each : publicity.exposed)
    workspaces.push_back(json::object{
        {"workspace", each.workspace}, {"space_count", each.spaces.size()}, {"spaces", first_of(each.spaces)}});
  return {
      {"opens", to_json(publicity.opens)}, {"closes", to_json(publicity.closes)}, {"exposed", std::move(workspaces)}};
}

Result<Registry> Registries::set_all_spaces_public(const Asking& asking, const std::string& name,
                                                   std::optional<bool> all_public, const IfMatch& if_match) {
  return write(context_, asking, "", [&](db::Connection& tx, Changes& changes) -> Result<Registry> {
    tx.one<std::int64_t>(fmt::format("SELECT id FROM registries WHERE name = :name{}", tx.for_update()), name);
    const auto before = read_by_name(tx, name);
    if (!before) return before;
    if (auto met = if_match.check(before->version); !met) return fail(met.error());
    if (!all_public || *all_public == before->all_spaces_public) return before;
    if (auto platform = check_platform(*before); !platform) return fail(platform.error());
    changes.touch(before->id);
    tx.execute("UPDATE registries SET all_spaces_public = :on, version = version + 1 WHERE id = :id", *all_public,
               before->id);
    auto after = read_by_name(tx, name);
    if (after) changes.record(change_of(*after, kUpdate, tenancy::to_json(*before), tenancy::to_json(*after)));
    return after;
  });
}

Result<Publicity> Registries::preview(const Asking& asking, const std::string& name, bool all_public) const {
  const auto& now = *asking.snapshot;
  return context_.database.read([&](db::Connection& tx) -> Result<Publicity> {
    const auto registry = read_by_name(tx, name);
    if (!registry) return fail(registry.error());
    if (auto platform = check_platform(*registry); !platform) return fail(platform.error());
    const auto* row = now.registries.find(registry->id);
    if (!row) return Publicity{};
    const auto then = with_all_spaces_public(now, registry->id, all_public);
    const auto opens = opened(row->spaces, now, then);
    return Publicity{.opens = side_of(tx, now, opens),
                     .closes = side_of(tx, now, opened(row->spaces, then, now)),
                     .exposed = exposed_by(now, opens)};
  });
}

Result<Registry> Registries::find(const std::string& name) const {
  return context_.database.read([&](db::Connection& tx) { return read_by_name(tx, name); });
}

Slice<Registry> Registries::list(const Asking& asking, const http::Page& page) const {
  std::vector<Keyed<RegistryId>> visible;
  asking.snapshot->registries.for_each([&](RegistryId id, const access::Registry& registry) {
    if (asking.may(access::Action::kSeeRegistry, id)) visible.push_back({registry.name.text(), id});
  });
  const auto ids = cut(std::move(visible), page);
  return context_.database.read([&](db::Connection& tx) {
    Slice<Registry> result{.items = {}, .next = ids.next};
    for (const auto id : ids.items)
      if (auto found = read_one(tx, "WHERE r.id = :id", id)) result.items.push_back(std::move(*found));
    return result;
  });
}

void ensure_embedded_registry(const Context& context, const RegistryName& name, Time now) {
  if (context.database.read(has_embedded)) return;
  const Asking system{.subject = {}, .snapshot = context.snapshots.current(), .now = now, .actor = {"system", "", ""}};
  const auto taken =
      fmt::format("the embedded registry cannot be named {}: another registry has the name", name.text());
  const auto made = write(context, system, taken, [&](db::Connection& tx, Changes& changes) -> Result<void> {
    // The lock of all such changes first: of two replicas that start at once, one makes it and the other finds it.
    changes.touch_settings();
    if (has_embedded(tx)) return {};
    const auto id = tx.one<std::int64_t>(
        "INSERT INTO registries (name, kind, origin, created_at) VALUES (:name, 'berth', 'managed', :now) RETURNING id",
        name, now);
    changes.touch(RegistryId(std::get<0>(*id)));
    const auto registry = read_by_name(tx, name.text());
    changes.record(change_of(*registry, kCreate, nullptr, tenancy::to_json(*registry)));
    return {};
  });
  if (!made) throw std::runtime_error(made.error().message);
}

}  // namespace berth::tenancy
