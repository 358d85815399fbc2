#include "tenancy/space_rows.h"

namespace berth::tenancy {
namespace {

json::value or_null(const std::string& name) {
  if (name.empty()) return nullptr;
  return json::value(name);
}

json::value or_null(const std::optional<std::int64_t>& number) {
  if (!number) return nullptr;
  return json::value(*number);
}

}  // namespace

Result<Space> read_space(db::Connection& tx, const Spaces::At& at, std::string_view lock) {
  if (!lock.empty())
    tx.one<std::int64_t>(fmt::format("SELECT id FROM spaces WHERE name = :name"
                                     " AND registry_id = (SELECT id FROM registries WHERE name = :registry){}",
                                     lock),
                         at.space, at.registry);
  const auto row = tx.one<std::int64_t, std::string, std::string, std::int64_t, std::optional<std::int64_t>,
                          std::string, std::string, std::int64_t, std::int64_t, std::optional<std::int64_t>,
                          std::optional<std::int64_t>, std::int64_t, std::int64_t, std::int64_t>(
      "SELECT s.id, r.name, s.name, s.public, s.owner_workspace_id, COALESCE(w.name, ''), s.description, "
      "s.allow_sparse,"
      " s.pull_through, s.quota_bytes, s.untagged_days, "
      " (SELECT CAST(COALESCE(SUM(u.logical_bytes), 0) AS BIGINT) FROM space_counters u WHERE u.space_id = s.id),"
      " s.created_at, s.version"
      " FROM spaces s JOIN registries r ON r.id = s.registry_id LEFT JOIN workspaces w ON w.id = s.owner_workspace_id"
      " WHERE r.name = :registry AND s.name = :space",
      at.registry, at.space);
  if (!row) return fail(Fault::kNotFound, "there is no such space");
  const auto& [id, registry, name, is_public, owner, owner_name, description, sparse, pull_through, quota, untagged,
               logical, created_at, version] = *row;
  return Space{.id = SpaceId(id),
               .registry = registry,
               .name = name,
               .is_public = is_public != 0,
               .effectively_public = false,
               .owner = owner ? std::optional(WorkspaceId(*owner)) : std::nullopt,
               .owner_name = owner_name,
               .description = description,
               .allow_sparse = sparse != 0,
               .pull_through = pull_through != 0,
               .quota_bytes = quota,
               .untagged_days = untagged,
               .logical_bytes = logical,
               .created_at = from_millis(created_at),
               .version = version};
}

void update_space(db::Connection& tx, const Space& space) {
  tx.execute(
      "UPDATE spaces SET public = :public, owner_workspace_id = :owner, description = :description, allow_sparse = "
      ":sparse,"
      " quota_bytes = :quota, untagged_days = :days, version = version + 1 WHERE id = :id",
      space.is_public, space.owner, space.description, space.allow_sparse, space.quota_bytes, space.untagged_days,
      space.id);
}

json::object settings_of(const Space& space) {
  return {{"registry", space.registry},
          {"name", space.name},
          {"public", space.is_public},
          {"owner_workspace", or_null(space.owner_name)},
          {"description", space.description},
          {"allow_sparse", space.allow_sparse},
          {"pull_through", space.pull_through},
          {"quota_bytes", or_null(space.quota_bytes)},
          {"untagged_days", or_null(space.untagged_days)}};
}

json::object to_json(const Space& space) {
  auto object = settings_of(space);
  object["id"] = space.id.value();
  object["effectively_public"] = space.effectively_public;
  object["logical_bytes"] = space.logical_bytes;
  object["created_at"] = to_rfc3339(space.created_at);
  object["version"] = space.version;
  return object;
}

}  // namespace berth::tenancy
