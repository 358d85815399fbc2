#pragma once

#include <memory>
#include <string>
#include <variant>

#include "db/database.h"
#include "distribution/caller.h"

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
  std::int64_t size = 0;
  std::shared_ptr<const std::string> payload;  // the exact bytes; null where they were not asked for
};

enum class Payload : bool { kNo, kYes };

/// Finds manifests for the pull path: one indexed statement. The caches of tags and of payloads will live here and
/// nowhere else. Any thread.
class ManifestReader {
 public:
  explicit ManifestReader(db::Database& database) : database_(database) {}

  /// kManifestUnknown unless it exists in this very repository.
  [[nodiscard]] Result<StoredManifest> find(const Place& place, const ManifestName& name, Payload payload);

 private:
  db::Database& database_;
};

}  // namespace berth::distribution
