#include "distribution/blob_reader.h"

#include "distribution/link_review.h"

namespace berth::distribution {

Result<StoredBlob> BlobReader::find(const Place& place, const Digest& digest) {
  const auto row = database_.read([&](db::Connection& tx) {
    return tx.one<std::int64_t, std::int64_t, std::optional<std::int64_t>>(
        "SELECT b.generation, b.size, l.condemned_at FROM repositories r "
        "JOIN repository_blobs l ON l.repository_id = r.id JOIN blobs b ON b.id = l.blob_id "
        "WHERE r.space_id = :space AND r.name = :name AND l.digest = :digest",
        place.space, place.name.path(), digest);
  });
  if (!row || (std::get<2>(*row) && !revive(place, digest)))
    return fail(Fault::kBlobUnknown, "the blob is not known to this repository");
  return StoredBlob{{digest, std::get<0>(*row)}, static_cast<std::uint64_t>(std::get<1>(*row))};
}

// Who is told that the blob is here may name it in a manifest next.
bool BlobReader::revive(const Place& place, const Digest& digest) {
  return database_
      .write([&](db::Connection& tx) -> Result<bool> { return keep_link(tx, place.space, place.name.path(), digest); })
      .value();
}

}  // namespace berth::distribution
