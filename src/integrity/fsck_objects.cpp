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

/// The objects that no row speaks of; one transaction asks for many.
std::vector<blob::BlobStore::Stored> orphans_of(db::Database& database, std::vector<blob::BlobStore::Stored> objects) {
  database.read([&](db::Connection& tx) {
    return std::erase_if(objects, [&](const auto& object) { return has_row(tx, object.name); });
  });
  return objects;
}

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
  for (std::size_t part = 0; part < blob::BlobStore::kParts; ++part) {
    auto listed = stopped.store.list(part);
    for (const auto& path : listed.strays)
      findings.push_back({.kind = Finding::Kind::kStray,
                          .text = fmt::format("{}/{} is no object of Berth's", stopped.store_root, path)});
    for (const auto& object : orphans_of(stopped.database, std::move(listed.objects))) {
      if (options.repair) stopped.store.remove(object.name);
      findings.push_back({.kind = Finding::Kind::kOrphan,
                          .text = fmt::format("the object {} generation {} ({} bytes) belongs to no blob",
                                              object.name.digest.text(), object.name.generation, object.size),
                          .repaired = options.repair});
    }
  }
  check_uploads(stopped, options, findings);
}

}  // namespace berth::integrity
