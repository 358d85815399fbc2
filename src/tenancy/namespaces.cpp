#include "tenancy/namespaces.h"

namespace berth::tenancy {
namespace {

constexpr std::string_view kColumns =
    "SELECT n.id, c.name, n.name, n.uid, n.claimed_by, COALESCE(w.name, ''), n.workspace_id, n.created_at, n.version"
    " FROM namespaces n JOIN clusters c ON c.id = n.cluster_id LEFT JOIN workspaces w ON w.id = n.claimed_by";

std::optional<Namespace> read_one(db::Connection& tx, NamespaceId wanted) {
  const auto row = tx.one<std::int64_t, std::string, std::string, std::string, std::optional<std::int64_t>, std::string,
                          std::optional<std::int64_t>, std::int64_t, std::int64_t>(
      fmt::format("{} WHERE n.id = :id", kColumns), wanted);
  if (!row) return std::nullopt;
  const auto& [id, cluster, name, uid, claimed_by, claimed_by_name, workspace, created_at, version] = *row;
  return Namespace{.id = NamespaceId(id),
                   .cluster = cluster,
                   .name = name,
                   .uid = uid,
                   .claimed_by = claimed_by ? std::optional(WorkspaceId(*claimed_by)) : std::nullopt,
                   .claimed_by_name = claimed_by_name,
                   .bound = workspace.has_value(),
                   .created_at = from_millis(created_at),
                   .version = version};
}

Result<Namespace> read(db::Connection& tx, NamespaceId id) {
  auto found = read_one(tx, id);
  if (!found) return fail(Fault::kNotFound, "there is no such namespace");
  return std::move(*found);
}

Result<Namespace> lock(db::Connection& tx, NamespaceId id, const IfMatch& if_match) {
  tx.one<std::int64_t>(fmt::format("SELECT id FROM namespaces WHERE id = :id{}", tx.for_update()), id);
  auto found = read(tx, id);
  if (!found) return found;
  if (auto met = if_match.check(found->version); !met) return fail(met.error());
  return found;
}

Result<std::int64_t> id_of(db::Connection& tx, std::string_view table, const std::string& name) {
  const auto row =
      tx.one<std::int64_t>(fmt::format("SELECT id FROM {}s WHERE name = :name{}", table, tx.for_share()), name);
  if (!row) return fail(Fault::kNotFound, fmt::format("there is no {} named {}", table, name));
  return std::get<0>(*row);
}

Change change_of(const Namespace& name, std::optional<WorkspaceId> workspace, Verb verb, json::value before,
                 json::value after) {
  return {.kind = "namespace",
          .verb = verb,
          .id = name.id.value(),
          .name = name.full_name(),
          .workspace = workspace,
          .space = {},
          .before = std::move(before),
          .after = std::move(after)};
}

json::value name_or_null(const std::string& name) {
  if (name.empty()) return nullptr;
  return json::value(name);
}

}  // namespace

json::object to_json(const Namespace& name) {
  return {{"id", name.id.value()},
          {"cluster", name.cluster},
          {"name", name.name},
          {"uid", name.uid},
          {"claimed_by", name_or_null(name.claimed_by_name)},
          {"workspace", name_or_null(name.bound ? name.claimed_by_name : "")},
          {"created_at", to_rfc3339(name.created_at)},
          {"version", name.version}};
}

Result<Namespace> Namespaces::create(const Asking& asking, const New& wanted) {
  const auto taken = fmt::format("cluster {} has a namespace named {} or with this UID already", wanted.cluster.text(),
                                 wanted.name.text());
  return write(context_, asking, taken, [&](db::Connection& tx, Changes& changes) -> Result<Namespace> {
    const auto cluster = id_of(tx, "cluster", wanted.cluster.text());
    if (!cluster) return fail(cluster.error());
    std::optional<WorkspaceId> workspace;
    if (wanted.workspace) {
      const auto id = id_of(tx, "workspace", wanted.workspace->text());
      if (!id) return fail(id.error());
      workspace = WorkspaceId(*id);
    }
    const auto id = tx.one<std::int64_t>(
        "INSERT INTO namespaces (cluster_id, name, uid, claimed_by, workspace_id, created_at)"
        " VALUES (:cluster, :name, :uid, :claimed_by, :workspace, :now) RETURNING id",
        *cluster, wanted.name, wanted.uid, workspace, workspace, asking.now);
    changes.touch(NamespaceId(std::get<0>(*id)));
    changes.touch(workspace);
    auto made = read(tx, NamespaceId(std::get<0>(*id)));
    if (made) changes.record(change_of(*made, workspace, kCreate, nullptr, to_json(*made)));
    return made;
  });
}

Result<void> Namespaces::remove(const Asking& asking, NamespaceId id, const IfMatch& if_match) {
  return write(context_, asking, "", [&](db::Connection& tx, Changes& changes) -> Result<void> {
    const auto before = lock(tx, id, if_match);
    if (!before) return fail(before.error());
    changes.touch(id);
    changes.touch(before->claimed_by);
    tx.execute("DELETE FROM namespaces WHERE id = :id", id);
    changes.record(change_of(*before, before->claimed_by, kDelete, to_json(*before), nullptr));
    return {};
  });
}

template <class Next>
Result<Namespace> Namespaces::change(const Asking& asking, NamespaceId id, Verb verb, const IfMatch& if_match,
                                     Next&& next) {
  return write(context_, asking, "", [&](db::Connection& tx, Changes& changes) -> Result<Namespace> {
    const auto before = lock(tx, id, if_match);
    if (!before) return before;
    const Result<Standing> standing = next(tx, *before);
    if (!standing) return fail(standing.error());
    if (*standing == Standing{before->claimed_by, before->bound}) return before;
    return stand(tx, changes, *before, verb, *standing);
  });
}

Result<Namespace> Namespaces::stand(db::Connection& tx, Changes& changes, const Namespace& before, Verb verb,
                                    const Standing& standing) {
  changes.touch(before.id);
  changes.touch(before.claimed_by);
  changes.touch(standing.claimed_by);
  const auto workspace = standing.bound ? standing.claimed_by : std::nullopt;
  tx.execute(
      "UPDATE namespaces SET claimed_by = :claimed_by, workspace_id = :workspace, version = version + 1 WHERE id = :id",
      standing.claimed_by, workspace, before.id);
  auto after = read(tx, before.id);
  if (!after) return after;
  const auto whose = standing.claimed_by ? standing.claimed_by : before.claimed_by;
  changes.record(change_of(*after, whose, verb, to_json(before), to_json(*after)));
  return after;
}

Result<Namespace> Namespaces::claim(const Asking& asking, NamespaceId id, const WorkspaceName& workspace,
                                    const IfMatch& if_match) {
  return change(asking, id, kClaim, if_match, [&](db::Connection& tx, const Namespace& before) -> Result<Standing> {
    const auto wanted = id_of(tx, "workspace", workspace.text());
    if (!wanted) return fail(wanted.error());
    if (before.claimed_by && before.claimed_by != WorkspaceId(*wanted))
      return fail(Error::conflict(fmt::format("namespace {} belongs to workspace {}; take it from there first",
                                              before.full_name(), before.claimed_by_name),
                                  {"workspace " + before.claimed_by_name}));
    return Standing{WorkspaceId(*wanted), true};
  });
}

Result<Namespace> Namespaces::unclaim(const Asking& asking, NamespaceId id, const IfMatch& if_match) {
  return change(asking, id, kUnclaim, if_match,
                [](db::Connection&, const Namespace&) -> Result<Standing> { return Standing{}; });
}

Result<Namespace> Namespaces::bind(const Asking& asking, NamespaceId id, const IfMatch& if_match) {
  return change(asking, id, kBind, if_match, [](db::Connection&, const Namespace& before) -> Result<Standing> {
    if (before.claimed_by) return Standing{before.claimed_by, true};
    return fail(Error::conflict(fmt::format(
        "no workspace claims namespace {}; a platform administrator gives it to one first", before.full_name())));
  });
}

Result<Namespace> Namespaces::release(const Asking& asking, NamespaceId id, const IfMatch& if_match) {
  return change(asking, id, kRelease, if_match, [](db::Connection&, const Namespace& before) -> Result<Standing> {
    return Standing{before.claimed_by, false};
  });
}

Result<Namespace> Namespaces::find(NamespaceId id) const {
  return context_.database.read([&](db::Connection& tx) { return read(tx, id); });
}

Slice<Namespace> Namespaces::list(const Asking& asking, std::optional<WorkspaceId> claimed_by,
                                  const http::Page& page) const {
  std::vector<Keyed<NamespaceId>> visible;
  asking.snapshot->namespaces.for_each([&](NamespaceId id, const access::Namespace& name) {
    if (claimed_by && name.claimed_by != claimed_by) return;
    if (asking.may(access::Action::kSeeNamespace, id)) visible.push_back({name.cluster + "/" + name.name.text(), id});
  });
  const auto ids = cut(std::move(visible), page);
  return context_.database.read([&](db::Connection& tx) {
    Slice<Namespace> result{.items = {}, .next = ids.next};
    for (const auto id : ids.items)
      if (auto found = read_one(tx, id)) result.items.push_back(std::move(*found));
    return result;
  });
}

}  // namespace berth::tenancy
