#include "distribution/blob_removal.h"

#include <map>

#include "base/log.h"
#include "distribution/repositories.h"

namespace berth::distribution {
namespace {

bool linked(db::Connection& tx, std::int64_t blob) {
  return tx.one<std::int64_t>("SELECT repository_id FROM repository_blobs WHERE blob_id = :blob LIMIT 1", blob)
      .has_value();
}

/// Rows are locked in the order of ids.
std::vector<const jobs::Item*> by_id(std::span<const jobs::Item> items) {
  std::vector<const jobs::Item*> sorted;
  for (const auto& item : items) sorted.push_back(&item);
  std::ranges::sort(sorted, {}, &jobs::Item::owner);
  return sorted;
}

}  // namespace

bool claim_orphan(db::Connection& tx, const blob::ObjectName& name, std::int64_t size, Time now) {
  auto row = tx.one<std::int64_t>(
      "INSERT INTO blobs (digest, generation, state, size, created_at) VALUES (:digest, :generation, 'gone', :size, "
      ":now) ON CONFLICT (store_id, digest, generation) DO NOTHING RETURNING id",
      name.digest, name.generation, size, now);
  // A restart or a power cut may bring a removed object back. The space that it was taken off has it off once.
  if (!row)
    row = tx.one<std::int64_t>(
        "UPDATE blobs SET removed_at = NULL, space_id = NULL WHERE store_id = 1 AND digest = :digest "
        "AND generation = :generation AND state = 'gone' AND removed_at IS NOT NULL RETURNING id",
        name.digest, name.generation);
  if (!row) return false;
  jobs::enqueue(tx, {kBlobCondemned, std::get<0>(*row)}, now);
  return true;
}

Collected BlobRemoval::condemn(std::span<const jobs::Item> items, Time now) {
  return database_
      .write([&](db::Connection& tx) -> Result<Collected> {
        Collected result;
        std::vector<std::int64_t> condemned;
        for (const auto* item : by_id(items)) {
          // The lock first: a mount that holds the row may be about to link it.
          const auto row = tx.one<std::string>(fmt::format("SELECT state FROM blobs WHERE id = :id{}", tx.for_update()),
                                               item->owner);
          if (!row || std::get<0>(*row) != "live" || linked(tx, item->owner)) continue;
          tx.execute("UPDATE blobs SET state = 'condemned' WHERE id = :id", item->owner);
          condemned.push_back(item->owner);
        }
        for (const auto id : condemned) jobs::enqueue(tx, {kBlobCondemned, id}, now);
        for (const auto* item : by_id(items)) jobs::done(tx, *item);
        result.condemned = static_cast<std::int64_t>(condemned.size());
        return result;
      })
      .value();
}

std::vector<BlobRemoval::Gone> BlobRemoval::mark_gone(std::span<const jobs::Item> items) {
  return database_
      .write([&](db::Connection& tx) -> Result<std::vector<Gone>> {
        std::vector<Gone> gone;
        for (const auto* item : by_id(items)) {
          tx.execute("UPDATE blobs SET state = 'gone' WHERE id = :id AND state = 'condemned'", item->owner);
          const auto row = tx.one<std::string, std::int64_t, std::int64_t, std::optional<std::int64_t>>(
              "SELECT digest, generation, size, space_id FROM blobs "
              "WHERE id = :id AND state = 'gone' AND removed_at IS NULL",
              item->owner);
          if (!row) {
            jobs::done(tx, *item);  // revived, or removed already
            continue;
          }
          const auto& [digest, generation, size, space] = *row;
          gone.push_back({item->owner, {Digest::parse(digest).value(), generation}, size, space, item});
        }
        return gone;
      })
      .value();
}

Collected BlobRemoval::tick_off(std::span<const Gone> removed, Time now) {
  return database_
      .write([&](db::Connection& tx) -> Result<Collected> {
        Collected result;
        std::map<std::int64_t, std::int64_t> freed;
        for (const auto& gone : removed) {
          if (tx.execute("UPDATE blobs SET removed_at = :now WHERE id = :id AND removed_at IS NULL", now, gone.id) ==
              1) {
            ++result.objects;
            result.bytes += gone.size;
            if (gone.space) freed[*gone.space] += gone.size;
          }
          // The newest is enough to know which generations were used.
          tx.execute(
              "DELETE FROM blobs WHERE store_id = 1 AND digest = :digest AND generation < :generation "
              "AND removed_at IS NOT NULL",
              gone.name.digest, gone.name.generation);
          jobs::done(tx, *gone.item);
        }
        for (const auto& [space, bytes] : freed) add_space_bytes(tx, SpaceId(space), 0, 0, -bytes);
        return result;
      })
      .value();
}

Collected BlobRemoval::remove(std::span<const jobs::Item> items, Time now) {
  std::vector<Gone> removed;
  Collected failed;
  for (auto& gone : mark_gone(items)) {
    try {
      store_.remove(gone.name);
      removed.push_back(std::move(gone));
    } catch (const std::system_error& error) {
      ++failed.failures;
      log::warning("an object was not removed and will be tried again",
                   {{"digest", gone.name.digest.text()}, {"reason", error.what()}});
    }
  }
  auto result = tick_off(removed, now);
  result += failed;
  return result;
}

Collected BlobRemoval::sweep(std::size_t part, Time before, Time now) {
  Collected result;
  for (const auto& object : store_.list(part).objects) {
    if (from_millis(object.changed_at_millis) > before) continue;
    const bool known = database_.read([&](db::Connection& tx) {
      return tx
          .one<std::int64_t>(
              "SELECT id FROM blobs WHERE store_id = 1 AND digest = :digest AND "
              "generation = :generation AND removed_at IS NULL",
              object.name.digest, object.name.generation)
          .has_value();
    });
    if (known) continue;
    const auto claimed = database_.write([&](db::Connection& tx) -> Result<bool> {
      return claim_orphan(tx, object.name, static_cast<std::int64_t>(object.size), now);
    });
    result.orphans += *claimed ? 1 : 0;
  }
  return result;
}

}  // namespace berth::distribution
