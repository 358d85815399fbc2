#pragma once

#include "base/clock.h"
#include "blob/blob_store.h"
#include "db/database.h"
#include "distribution/caller.h"

namespace berth::distribution {

struct StoredBlob {
  blob::ObjectName name;
  std::uint64_t size = 0;
};

/// Finds blobs for the pull path: one indexed statement. A cache of links will live here and nowhere else, keyed by
/// repository and digest and dropped in the transaction that unlinks (CVE-2026-35172). Any thread.
class BlobReader {
 public:
  explicit BlobReader(db::Database& database) : database_(database) {}

  /// kBlobUnknown unless the blob exists in this very repository, and is not quarantined.
  [[nodiscard]] Result<StoredBlob> find(const Place& place, const Digest& digest);
  /// A read of the blob failed: quarantines it when its object is gone or torn, so that find() stops promising it.
  /// Never throws: the next read suspects it again.
  void suspect(blob::BlobStore& store, const StoredBlob& blob, Time now);

 private:
  db::Database& database_;
};

}  // namespace berth::distribution
