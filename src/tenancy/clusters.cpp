#include "tenancy/clusters.h"

#include "tenancy/in_the_way.h"

namespace berth::tenancy {
namespace {

constexpr std::string_view kColumns = "SELECT id, name, uid, description, created_at, version FROM clusters";
using Row = std::tuple<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t>;

Cluster to_cluster(const Row& row) {
  const auto& [id, name, uid, description, created_at, version] = row;
  return {ClusterId(id), name, uid, description, from_millis(created_at), version};
}

Result<Cluster> read(db::Connection& tx, const std::string& name, std::string_view lock = "") {
  const auto row = tx.one<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t>(
      fmt::format("{} WHERE name = :name{}", kColumns, lock), name);
  if (!row) return fail(Fault::kNotFound, "there is no such cluster");
  return to_cluster(*row);
}

Result<Cluster> lock(db::Connection& tx, const std::string& name, const IfMatch& if_match) {
  auto found = read(tx, name, tx.for_update());
  if (!found) return found;
  if (auto met = if_match.check(found->version); !met) return fail(met.error());
  return found;
}

Change change_of(const Cluster& cluster, Verb verb, json::value before, json::value after) {
  return {.kind = "cluster",
          .verb = verb,
          .id = cluster.id.value(),
          .name = cluster.name,
          .workspace = {},
          .space = {},
          .before = std::move(before),
          .after = std::move(after)};
}

}  // namespace

json::object to_json(const Cluster& cluster) {
  return {{"id", cluster.id.value()},
          {"name", cluster.name},
          {"uid", cluster.uid},
          {"description", cluster.description},
          {"created_at", to_rfc3339(cluster.created_at)},
          {"version", cluster.version}};
}

Result<Cluster> Clusters::create(const Asking& asking, const New& wanted) {
  const auto taken = fmt::format("there is a cluster named {} or with this UID already", wanted.name.text());
  return write(context_, asking, taken, [&](db::Connection& tx, Changes& changes) -> Result<Cluster> {
    tx.execute("INSERT INTO clusters (name, uid, description, created_at) VALUES (:name, :uid, :description, :now)",
               wanted.name, wanted.uid, wanted.description, asking.now);
    auto made = read(tx, wanted.name.text());
    if (made) changes.record(change_of(*made, kCreate, nullptr, to_json(*made)));
    return made;
  });
}

Result<Cluster> Clusters::update(const Asking& asking, const std::string& name,
                                 const std::optional<std::string>& description, const IfMatch& if_match) {
  return write(context_, asking, "", [&](db::Connection& tx, Changes& changes) -> Result<Cluster> {
    const auto before = lock(tx, name, if_match);
    if (!before || !description || *description == before->description) return before;
    tx.execute("UPDATE clusters SET description = :description, version = version + 1 WHERE id = :id", *description,
               before->id);
    auto after = read(tx, name);
    if (after) changes.record(change_of(*after, kUpdate, to_json(*before), to_json(*after)));
    return after;
  });
}

Result<void> Clusters::remove(const Asking& asking, const std::string& name, const IfMatch& if_match) {
  return write(context_, asking, "", [&](db::Connection& tx, Changes& changes) -> Result<void> {
    const auto before = lock(tx, name, if_match);
    if (!before) return fail(before.error());
    InTheWay way(tx);
    way.look("namespace", "n.name", "namespaces n WHERE n.cluster_id = :id", before->id.value());
    if (!way.empty()) return fail(Error::conflict(fmt::format("cluster {} still has namespaces", name), way.take()));
    tx.execute("DELETE FROM clusters WHERE id = :id", before->id);
    changes.record(change_of(*before, kDelete, to_json(*before), nullptr));
    return {};
  });
}

Result<Cluster> Clusters::find(const std::string& name) const {
  return context_.database.read([&](db::Connection& tx) { return read(tx, name); });
}

Slice<Cluster> Clusters::list(const http::Page& page) const {
  const auto after = page.after.value_or("");
  const auto limit = page.limit + 1;
  const auto rows = context_.database.read([&](db::Connection& tx) {
    return tx.query<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t>(
        fmt::format("{} WHERE name > :after ORDER BY name LIMIT :limit", kColumns), after, limit);
  });
  std::vector<Cluster> clusters;
  for (const auto& row : rows) clusters.push_back(to_cluster(row));
  return cut_ordered(std::move(clusters), page, [](const Cluster& last) { return last.name; });
}

}  // namespace berth::tenancy
