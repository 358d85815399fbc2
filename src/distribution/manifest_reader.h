#pragma once

#include <memory>
#include <string>
#include <variant>

#include "db/database.h"
#include "distribution/caller.h"
#include "distribution/content_cache.h"

namespace berth::distribution {

/// The last part of …/manifests/<reference>.
using ManifestName = std::variant<Tag, Digest>;
/// What has a ':' is a digest, for no tag has one. kTagInvalid or kDigestInvalid.
[[nodiscard]] Result<ManifestName> parse_manifest_name(std::string_view text);

struct StoredManifest {
  RepositoryId repository;
  ManifestId id;
  Digest digest;
  std::string media_type;
  std::string payload;   // the exact bytes
  http::Headers fields;  // what an answer says of it under the name by which it was found
};
using StoredManifestPtr = std::shared_ptr<const StoredManifest>;

/// Finds manifests for the pull path: what was read before from memory, the rest by one indexed statement. Any thread.
class ManifestReader {
 public:
  /// Both outlive the reader. `bytes` bounds what is remembered.
  ManifestReader(db::Database& database, const ContentChanges& changes, std::size_t bytes)
      : database_(database),
        changes_(changes),
        remembered_(bytes) {}

  /// From memory alone: null where only the database can tell. Never waits.
  [[nodiscard]] StoredManifestPtr recall(const Place& place, const ManifestName& name);

  /// kManifestUnknown unless it exists in this very repository.
  [[nodiscard]] Result<StoredManifestPtr> find(const Place& place, const ManifestName& name);

 private:
  [[nodiscard]] StoredManifestPtr read(const Place& place, const ManifestName& name);

  db::Database& database_;
  const ContentChanges& changes_;
  ContentCache<StoredManifest> remembered_;
};

}  // namespace berth::distribution
