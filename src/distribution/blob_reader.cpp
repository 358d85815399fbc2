#include "distribution/blob_reader.h"

#include "base/log.h"
#include "distribution/link_review.h"
#include "distribution/quarantine.h"

namespace berth::distribution {
namespace {

http::Headers fields_of(const Digest& digest) {
  http::Headers headers;
  headers.add("Docker-Content-Digest", digest.text());
  headers.add("ETag", fmt::format("\"{}\"", digest.text()));
  // A digest never names other bytes; but who may read them is decided at each request, so no shared cache keeps them.
  headers.add("Cache-Control", "private, max-age=31536000, immutable");
  headers.add("Accept-Ranges", "bytes");
  return headers;
}

}  // namespace

StoredBlobPtr BlobReader::recall(const Place& place, const Digest& digest) {
  auto entry = remembered_.find(place, digest.text());
  if (!entry.value || !changes_.unchanged(entry.value->repository, entry.read_at)) return nullptr;
  return std::move(entry.value);
}

Result<StoredBlobPtr> BlobReader::find(const Place& place, const Digest& digest) {
  if (auto known = recall(place, digest)) return known;
  const auto moment = changes_.now();
  const auto row = database_.read([&](db::Connection& tx) {
    return tx.one<std::int64_t, std::int64_t, std::int64_t, std::optional<std::int64_t>>(
        "SELECT r.id, b.generation, b.size, l.condemned_at FROM repositories r "
        "JOIN repository_blobs l ON l.repository_id = r.id JOIN blobs b ON b.id = l.blob_id "
        "WHERE r.space_id = :space AND r.name = :name AND l.digest = :digest "
        "AND b.quarantined_at IS NULL",
        place.space, place.name.path(), digest);
  });
  if (!row || (std::get<3>(*row) && !revive(place, digest)))
    return fail(Fault::kBlobUnknown, "the blob is not known to this repository");
  const auto [repository, generation, size, condemned] = *row;
  auto blob = std::make_shared<const StoredBlob>(StoredBlob{.repository = RepositoryId(repository),
                                                            .name = {digest, generation},
                                                            .size = static_cast<std::uint64_t>(size),
                                                            .fields = fields_of(digest)});
  remembered_.put(place, digest.text(), {blob, moment}, sizeof(StoredBlob) + 512);
  return blob;
}

// Who is told that the blob is here may name it in a manifest next.
bool BlobReader::revive(const Place& place, const Digest& digest) {
  return database_
      .write([&](db::Connection& tx) -> Result<bool> { return keep_link(tx, place.space, place.name.path(), digest); })
      .value();
}

void BlobReader::suspect(blob::BlobStore& store, const StoredBlob& blob, Time now) {
  try {
    if (const auto damage = obvious_damage(store, blob.name, blob.size))
      quarantine(database_, changes_, blob.name, *damage, now);
  } catch (const std::exception& error) {
    log::warning("a blob that could not be read was not looked into", {{"reason", error.what()}});
  }
}

}  // namespace berth::distribution
