#pragma once

#include "base/clock.h"
#include "blob/blob_store.h"
#include "db/database.h"
#include "distribution/content_cache.h"

namespace berth::distribution {

struct StoredBlob {
  RepositoryId repository;
  blob::ObjectName name;
  std::uint64_t size = 0;
  http::Headers fields;  // what every answer about it says
};
using StoredBlobPtr = std::shared_ptr<const StoredBlob>;

/// Finds blobs for the pull path: links that were read before from memory, the rest by one indexed statement, and a
/// second one when nobody needed the blob for long. Any thread.
class BlobReader {
 public:
  /// Both outlive the reader. `bytes` bounds what is remembered.
  BlobReader(db::Database& database, ContentChanges& changes, std::size_t bytes)
      : database_(database),
        changes_(changes),
        remembered_(bytes) {}

  /// From memory alone: null where only the database can tell. Never waits.
  [[nodiscard]] StoredBlobPtr recall(const Place& place, const Digest& digest);

  /// kBlobUnknown unless the blob exists in this very repository, and is not quarantined.
  [[nodiscard]] Result<StoredBlobPtr> find(const Place& place, const Digest& digest);
  /// A read of the blob failed: quarantines it when its object is gone or torn, so that find() stops promising it.
  /// Never throws: the next read suspects it again.
  void suspect(blob::BlobStore& store, const StoredBlob& blob, Time now);

 private:
  /// The link is condemned (link_review.h). False when it is gone by now.
  [[nodiscard]] bool revive(const Place& place, const Digest& digest);

  db::Database& database_;
  ContentChanges& changes_;
  ContentCache<StoredBlob> remembered_;
};

}  // namespace berth::distribution
