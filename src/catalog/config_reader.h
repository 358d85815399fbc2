#pragma once

#include <optional>

#include "blob/blob_store.h"
#include "catalog/config_cache.h"
#include "db/database.h"

namespace berth::catalog {

/// Reads image configurations out of the blob store. A digest names the same bytes for ever, so what was read is kept
/// for a while. The caller has made sure that the asker may see the repository. Any thread.
class ConfigReader {
 public:
  ConfigReader(db::Database& database, blob::BlobStore& blobs) : database_(database), blobs_(blobs) {}

  /// nullopt when the blob is not in that repository, is larger than a configuration has any reason to be, or is not
  /// JSON.
  [[nodiscard]] std::optional<ImageConfig> read(RepositoryId repository, const Digest& digest);

 private:
  struct Stored {
    blob::ObjectName name;
    std::int64_t size;
  };
  std::optional<Stored> find(RepositoryId repository, const Digest& digest);

  db::Database& database_;
  blob::BlobStore& blobs_;
  ConfigCache kept_;
};

}  // namespace berth::catalog
