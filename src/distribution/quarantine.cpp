#include "distribution/quarantine.h"

#include "base/json.h"
#include "base/log.h"
#include "events/events.h"

namespace berth::distribution {

std::string_view name_of(Damage damage) {
  switch (damage) {
    case Damage::kMissing:
      return "missing";
    case Damage::kSize:
      return "size";
    case Damage::kContent:
      return "content";
    case Damage::kUnreadable:
      break;
  }
  return "unreadable";
}

bool quarantine(db::Database& database, ContentChanges& changes, const blob::ObjectName& object, Damage damage,
                Time now) {
  const auto done = database.write([&](db::Connection& tx) -> Result<bool> {
    const auto rows = tx.execute(
        "UPDATE blobs SET quarantined_at = :now, damage = :damage WHERE store_id = 1 AND digest = :digest "
        "AND generation = :generation AND state <> 'gone' AND quarantined_at IS NULL",
        now, name_of(damage), object.digest, object.generation);
    if (rows == 0) return false;
    changes.touch_all(tx);
    events::append(
        tx, now,
        {.type = "dev.berth.blob.damaged",
         .subject = object.digest.text(),
         .space = std::nullopt,
         .workspace = std::nullopt,
         .data = json::serialize(json::object{
             {"digest", object.digest.text()}, {"generation", object.generation}, {"damage", name_of(damage)}})});
    return true;
  });
  if (*done)
    log::error("a blob's stored bytes are damaged: it is not served until it is pushed again",
               {{"digest", object.digest.text()}, {"generation", object.generation}, {"damage", name_of(damage)}});
  return *done;
}

bool lift_quarantine(db::Database& database, const blob::ObjectName& object) {
  const auto done = database.write([&](db::Connection& tx) -> Result<bool> {
    return tx.execute(
               "UPDATE blobs SET quarantined_at = NULL, damage = NULL WHERE store_id = 1 AND digest = :digest "
               "AND generation = :generation AND quarantined_at IS NOT NULL",
               object.digest, object.generation) > 0;
  });
  if (*done) log::info("a quarantined blob is whole again", {{"digest", object.digest.text()}});
  return *done;
}

std::optional<Damage> obvious_damage(blob::BlobStore& store, const blob::ObjectName& object, std::uint64_t size) {
  const auto stored = store.size(object);
  if (!stored) return Damage::kMissing;
  if (*stored != size) return Damage::kSize;
  return std::nullopt;
}

}  // namespace berth::distribution
