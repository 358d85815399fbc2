#pragma once

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

/// Finds blobs for the pull path: links that were read before from memory, the rest by one indexed statement. Any thread.
class BlobReader {
 public:
  /// Both outlive the reader. `bytes` bounds what is remembered.
  BlobReader(db::Database& database, const ContentChanges& changes, std::size_t bytes)
      : database_(database),
        changes_(changes),
        remembered_(bytes) {}

  /// From memory alone: null where only the database can tell. Never waits.
  [[nodiscard]] StoredBlobPtr recall(const Place& place, const Digest& digest);

  /// kBlobUnknown unless the blob exists in this very repository.
  [[nodiscard]] Result<StoredBlobPtr> find(const Place& place, const Digest& digest);

 private:
  db::Database& database_;
  const ContentChanges& changes_;
  ContentCache<StoredBlob> remembered_;
};

}  // namespace berth::distribution
