#include "distribution/blob_reader.h"

#include "base/log.h"
#include "distribution/quarantine.h"

namespace berth::distribution {

Result<StoredBlob> BlobReader::find(const Place& place, const Digest& digest) {
  const auto row = database_.read([&](db::Connection& tx) {
    return tx.one<std::int64_t, std::int64_t>(
        "SELECT b.generation, b.size FROM repositories r "
        "JOIN repository_blobs l ON l.repository_id = r.id JOIN blobs b ON b.id = l.blob_id "
        "WHERE r.space_id = :space AND r.name = :name AND l.digest = :digest "
        "AND b.quarantined_at IS NULL",
        place.space, place.name.path(), digest);
  });
  if (!row) return fail(Fault::kBlobUnknown, "the blob is not known to this repository");
  return StoredBlob{{digest, std::get<0>(*row)}, static_cast<std::uint64_t>(std::get<1>(*row))};
}

void BlobReader::suspect(blob::BlobStore& store, const StoredBlob& blob, Time now) {
  try {
    if (const auto damage = obvious_damage(store, blob.name, blob.size)) quarantine(database_, blob.name, *damage, now);
  } catch (const std::exception& error) {
    log::warning("a blob that could not be read was not looked into", {{"reason", error.what()}});
  }
}

}  // namespace berth::distribution
