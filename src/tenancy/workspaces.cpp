#include "tenancy/workspaces.h"

#include "tenancy/in_the_way.h"

namespace berth::tenancy {
namespace {

constexpr std::string_view kColumns =
    "SELECT w.id, w.name, w.display_name, w.description,"
    " (SELECT COUNT(*) FROM members m WHERE m.workspace_id = w.id AND m.role = 'admin'), w.quota_bytes,"
    " (SELECT CAST(COALESCE(SUM(u.logical_bytes), 0) AS BIGINT) FROM space_counters u"
    "  JOIN spaces s ON s.id = u.space_id WHERE s.owner_workspace_id = w.id), w.created_at, w.version"
    " FROM workspaces w";

template <class Param>
std::optional<Workspace> read_one(db::Connection& tx, std::string_view where, const Param& param) {
  const auto row =
      tx.one<std::int64_t, std::string, std::string, std::string, std::int64_t, std::optional<std::int64_t>,
             std::int64_t, std::int64_t, std::int64_t>(fmt::format("{} {}", kColumns, where), param);
  if (!row) return std::nullopt;
  const auto& [id, name, display_name, description, administrators, quota, logical, created_at, version] = *row;
  return Workspace{WorkspaceId(id),         name,   display_name, description, administrators, quota, logical,
                   from_millis(created_at), version};
}

Result<Workspace> read_by_name(db::Connection& tx, const std::string& name) {
  auto found = read_one(tx, "WHERE w.name = :name", name);
  if (!found) return fail(Fault::kNotFound, "there is no such workspace");
  return std::move(*found);
}

/// The row, locked until the transaction ends, at a version that the caller accepts.
Result<Workspace> lock(db::Connection& tx, Changes& changes, const std::string& name, const IfMatch& if_match) {
  const auto id =
      tx.one<std::int64_t>(fmt::format("SELECT id FROM workspaces WHERE name = :name{}", tx.for_update()), name);
  if (!id) return fail(Fault::kNotFound, "there is no such workspace");
  changes.touch(WorkspaceId(std::get<0>(*id)));
  auto found = read_by_name(tx, name);
  if (!found) return found;
  if (auto met = if_match.check(found->version); !met) return fail(met.error());
  return found;
}

Change change_of(const Workspace& workspace, Verb verb, json::value before, json::value after) {
  return {.kind = "workspace",
          .verb = verb,
          .id = workspace.id.value(),
          .name = workspace.name,
          .workspace = workspace.id,
          .space = {},
          .before = std::move(before),
          .after = std::move(after)};
}

// What lies in a registry of its own is not named: the registry is, and the rest is nobody's outside the workspace.
std::vector<std::string> in_the_way_of(db::Connection& tx, WorkspaceId workspace) {
  const auto id = workspace.value();
  InTheWay way(tx);
  way.look("binding of space", "r.name || '/' || s.name",
           "bindings b JOIN spaces s ON s.id = b.space_id JOIN registries r ON r.id = s.registry_id"
           " WHERE b.workspace_id = :id",
           id);
  way.look("namespace", "c.name || '/' || n.name",
           "namespaces n JOIN clusters c ON c.id = n.cluster_id WHERE n.claimed_by = :id", id);
  way.look("space", "r.name || '/' || s.name",
           "spaces s JOIN registries r ON r.id = s.registry_id"
           " WHERE s.owner_workspace_id = :id AND r.scope_workspace_id IS NULL",
           id);
  way.look("home of repository", "g.name || '/' || s.name || '/' || r.name",
           "repositories r JOIN spaces s ON s.id = r.space_id JOIN registries g ON g.id = s.registry_id"
           " WHERE r.home_workspace_id = :id AND g.scope_workspace_id IS NULL",
           id);
  way.look("robot", "r.name", "robots r WHERE r.owner_workspace_id = :id", id);
  way.look("registry", "r.name", "registries r WHERE r.scope_workspace_id = :id", id);
  return way.take();
}

void remove_members(db::Connection& tx, Changes& changes, WorkspaceId workspace) {
  const auto members = tx.query<std::string, std::int64_t>(
      "SELECT principal_kind, principal_id FROM members WHERE workspace_id = :id", workspace);
  for (const auto& [kind, id] : members) {
    if (kind == "user") changes.touch(UserId(id));
    if (kind == "group") changes.touch(GroupId(id));
  }
  tx.execute("DELETE FROM members WHERE workspace_id = :id", workspace);
}

}  // namespace

json::object to_json(const Workspace& workspace) {
  return {{"id", workspace.id.value()},
          {"name", workspace.name},
          {"display_name", workspace.display_name},
          {"description", workspace.description},
          {"administrators", workspace.administrators},
          {"quota_bytes", workspace.quota_bytes ? json::value(*workspace.quota_bytes) : json::value(nullptr)},
          {"logical_bytes", workspace.logical_bytes},
          {"created_at", to_rfc3339(workspace.created_at)},
          {"version", workspace.version}};
}

Result<Workspace> Workspaces::create(const Asking& asking, const New& wanted) {
  const auto taken = fmt::format("there is a workspace named {} already", wanted.name.text());
  return write(context_, asking, taken, [&](db::Connection& tx, Changes& changes) -> Result<Workspace> {
    const auto id = tx.one<std::int64_t>(
        "INSERT INTO workspaces (name, display_name, description, quota_bytes, created_at)"
        " VALUES (:name, :display_name, :description, :quota, :now) RETURNING id",
        wanted.name, wanted.display_name, wanted.description, wanted.quota_bytes, asking.now);
    changes.touch(WorkspaceId(std::get<0>(*id)));
    auto made = read_by_name(tx, wanted.name.text());
    if (made) changes.record(change_of(*made, kCreate, nullptr, to_json(*made)));
    return made;
  });
}

Result<Workspace> Workspaces::update(const Asking& asking, const std::string& name, const Patch& patch,
                                     const IfMatch& if_match) {
  if (patch.quota_bytes && !asking.may(access::Action::kAdminister, access::PlatformTarget{}))
    return fail(Error::denied("a platform administrator sets the quota of a workspace"));
  return write(context_, asking, "", [&](db::Connection& tx, Changes& changes) -> Result<Workspace> {
    const auto before = lock(tx, changes, name, if_match);
    if (!before) return before;
    const auto display_name = patch.display_name.value_or(before->display_name);
    const auto description = patch.description.value_or(before->description);
    const auto quota = patch.quota_bytes.value_or(before->quota_bytes);
    if (display_name == before->display_name && description == before->description && quota == before->quota_bytes)
      return before;
    tx.execute(
        "UPDATE workspaces SET display_name = :display_name, description = :description, quota_bytes = :quota,"
        " version = version + 1 WHERE id = :id",
        display_name, description, quota, before->id);
    auto after = read_by_name(tx, name);
    if (after) changes.record(change_of(*after, kUpdate, to_json(*before), to_json(*after)));
    return after;
  });
}

Result<void> Workspaces::remove(const Asking& asking, const std::string& name, const IfMatch& if_match) {
  return write(context_, asking, "", [&](db::Connection& tx, Changes& changes) -> Result<void> {
    const auto before = lock(tx, changes, name, if_match);
    if (!before) return fail(before.error());
    if (auto subjects = in_the_way_of(tx, before->id); !subjects.empty())
      return fail(Error::conflict(fmt::format("workspace {} is still in use", name), std::move(subjects)));
    remove_members(tx, changes, before->id);
    tx.execute("DELETE FROM workspaces WHERE id = :id", before->id);
    changes.record(change_of(*before, kDelete, to_json(*before), nullptr));
    return {};
  });
}

Result<Workspace> Workspaces::find(const std::string& name) const {
  return context_.database.read([&](db::Connection& tx) { return read_by_name(tx, name); });
}

Slice<Workspace> Workspaces::list(const Asking& asking, const http::Page& page) const {
  std::vector<Keyed<WorkspaceId>> visible;
  asking.snapshot->workspaces.for_each([&](WorkspaceId id, const access::Workspace& workspace) {
    if (asking.may(access::Action::kSeeWorkspace, id)) visible.push_back({workspace.name.text(), id});
  });
  const auto ids = cut(std::move(visible), page);
  return context_.database.read([&](db::Connection& tx) {
    Slice<Workspace> result{.items = {}, .next = ids.next};
    for (const auto id : ids.items)
      if (auto found = read_one(tx, "WHERE w.id = :id", id)) result.items.push_back(std::move(*found));
    return result;
  });
}

}  // namespace berth::tenancy
