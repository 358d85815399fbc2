#pragma once

#include "blob/blob_store.h"
#include "db/database.h"
#include "distribution/caller.h"

namespace berth::distribution {

struct StoredBlob {
  blob::ObjectName name;
  std::uint64_t size = 0;
};

/// Finds blobs for the pull path: one indexed statement; a second one when nobody needed the blob for long. A cache of
/// links will live here and nowhere else, keyed by repository and digest and dropped in the transaction that unlinks
/// (CVE-2026-35172). Any thread.
class BlobReader {
 public:
  explicit BlobReader(db::Database& database) : database_(database) {}

  /// kBlobUnknown unless the blob exists in this very repository.
  [[nodiscard]] Result<StoredBlob> find(const Place& place, const Digest& digest);

 private:
  /// The link is condemned (link_review.h). False when it is gone by now.
  [[nodiscard]] bool revive(const Place& place, const Digest& digest);

  db::Database& database_;
};

}  // namespace berth::distribution
