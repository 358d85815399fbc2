#include "blob/object_list.h"
#include "integrity/fsck_checks.h"
#include "integrity/verify.h"

namespace berth::integrity {
namespace {

constexpr std::int64_t kRowsAtOnce = 1000;

struct Row {
  std::int64_t id;
  blob::ObjectName object;
  std::uint64_t size;
  bool quarantined;
};

std::vector<Row> rows_after(db::Database& database, std::int64_t after) {
  return database.read([&](db::Connection& tx) {
    std::vector<Row> rows;
    for (const auto& [id, digest, generation, size, quarantined_at] :
         tx.query<std::int64_t, std::string, std::int64_t, std::int64_t, std::optional<std::int64_t>>(
             "SELECT id, digest, generation, size, quarantined_at FROM blobs WHERE state = 'live' AND id > :after "
             "ORDER BY id LIMIT :limit",
             after, kRowsAtOnce))
      rows.push_back({id,
                      {Digest::parse(digest).value(), generation},
                      static_cast<std::uint64_t>(size),
                      quarantined_at.has_value()});
    return rows;
  });
}

std::optional<distribution::Damage> damage_of(blob::BlobStore& store, const Row& row, bool read_data) {
  if (!read_data) return distribution::obvious_damage(store, row.object, row.size);
  return verify(store, row.object, row.size, [](std::string_view) { return true; }).damage;
}

bool has_row(db::Connection& tx, const blob::ObjectName& name) {
  return tx
      .one<std::int64_t>(
          "SELECT id FROM blobs WHERE store_id = 1 AND digest = :digest AND generation = :generation "
          "AND state <> 'gone'",
          name.digest, name.generation)
      .has_value();
}

/// Asked in batches: one transaction for many objects.
class Orphans {
 public:
  explicit Orphans(db::Database& database) : database_(database) {}

  void look_at(const blob::ObjectName& name, std::uint64_t size) {
    pending_.emplace_back(name, size);
    if (pending_.size() >= kRowsAtOnce) settle();
  }
  const std::vector<std::pair<blob::ObjectName, std::uint64_t>>& all() {
    settle();
    return found_;
  }

 private:
  void settle() {
    database_.read([&](db::Connection& tx) {
      std::ranges::copy_if(pending_, std::back_inserter(found_),
                           [&](const auto& object) { return !has_row(tx, object.first); });
      return true;
    });
    pending_.clear();
  }

  db::Database& database_;
  std::vector<std::pair<blob::ObjectName, std::uint64_t>> pending_;
  std::vector<std::pair<blob::ObjectName, std::uint64_t>> found_;
};

void check_uploads(const Stopped& stopped, const FsckOptions& options, Findings& findings) {
  for (const auto& leftover : stopped.store.leftovers()) {
    const bool known = stopped.database.read([&](db::Connection& tx) {
      return tx.one<std::int64_t>("SELECT 1 FROM uploads WHERE id = :id", leftover.id).has_value();
    });
    if (known) continue;
    if (options.repair) stopped.store.discard(leftover.id, {});
    findings.push_back({.kind = Finding::Kind::kOrphan,
                        .text = fmt::format("the bytes of upload {} belong to no upload", leftover.id),
                        .repaired = options.repair});
  }
}

}  // namespace

void check_blobs(const Stopped& stopped, const FsckOptions& options, Time now, Findings& findings) {
  distribution::ContentChanges changes(stopped.database);
  for (std::int64_t after = 0;;) {
    const auto rows = rows_after(stopped.database, after);
    if (rows.empty()) return;
    for (const auto& row : rows) {
      after = row.id;
      const auto damage = damage_of(stopped.store, row, options.read_data);
      if (!damage) continue;
      const auto& digest = row.object.digest.text();
      const bool safe = row.quarantined || (options.repair && distribution::quarantine(stopped.database, changes,
                                                                                       row.object, *damage, now));
      findings.push_back({.kind = Finding::Kind::kBlob,
                          .text = fmt::format("{} ({}){}", digest, distribution::name_of(*damage),
                                              safe ? ": quarantined, push it again" : ""),
                          .repaired = false});
    }
  }
}

void check_orphans(const Stopped& stopped, const FsckOptions& options, Findings& findings) {
  Orphans orphans(stopped.database);
  blob::list_objects(
      stopped.file_system, stopped.store_root,
      {.object = [&](const blob::ObjectName& name, std::uint64_t size) { orphans.look_at(name, size); },
       .stray =
           [&](const std::string& path) {
             findings.push_back({.kind = Finding::Kind::kStray,
                                 .text = fmt::format("{}/{} is no object of Berth's", stopped.store_root, path)});
           }});
  for (const auto& [name, size] : orphans.all()) {
    if (options.repair) stopped.store.remove(name);
    findings.push_back({.kind = Finding::Kind::kOrphan,
                        .text = fmt::format("the object {} generation {} ({} bytes) belongs to no blob",
                                            name.digest.text(), name.generation, size),
                        .repaired = options.repair});
  }
  check_uploads(stopped, options, findings);
}

}  // namespace berth::integrity
