#pragma once

#include <variant>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/names.h"
#include "catalog/config_reader.h"
#include "db/database.h"

namespace berth::catalog {

/// A repository, by the ids and names that the guard has resolved.
struct RepositoryKey {
  SpaceId space;
  RepositoryPath path;
};

struct RepositoryDetail {
  RepositoryId id;
  std::optional<WorkspaceId> home;
  Time created_at, updated_at;
  std::int64_t tags = 0, manifests = 0, size = 0, pulls = 0;
  std::optional<Time> last_pull_at;
};

struct TagDetail {
  Tag name;
  Digest digest;
  std::string media_type, artifact_type;
  std::int64_t image_size = 0;
  std::string pushed_by;  // access::to_text of the subject
  Time pushed_at;
  std::int64_t pulls = 0;
  std::optional<Time> last_pull_at;
};

struct Reference {
  std::string kind;  // "config", "layer", "child"
  Digest digest;
  std::string media_type, platform;
  std::int64_t size = 0;
  bool present = true;  // of a child: an index may be sparse
};

struct Referrer {
  Digest digest;
  std::string media_type, artifact_type;
  std::int64_t size = 0;
  json::object annotations;
};

/// One manifest as people look at it.
struct Artifact {
  Digest digest;
  MediaType media_type;
  std::string artifact_type;
  std::int64_t manifest_size = 0, image_size = 0;
  std::vector<Tag> tags;
  std::vector<Reference> references;  // in the document's order
  std::vector<Referrer> referrers;    // the first hundred
  std::optional<Digest> subject;
  json::object annotations;
  std::optional<ImageConfig> config;  // of an image whose configuration is readable JSON
  std::string pushed_by;
  Time pushed_at;
  std::int64_t pulls = 0;
  std::optional<Time> last_pull_at;
};

/// Details of repositories, tags and artifacts, from the database and the configuration blobs. Whether the asker may
/// see the space was decided by the route's permission. Any thread.
class Artifacts {
 public:
  Artifacts(db::Database& database, ConfigReader& configs) : database_(database), configs_(configs) {}

  /// kNotFound when there is no such repository.
  [[nodiscard]] Result<RepositoryDetail> repository(const RepositoryKey& key);

  struct TagQuery {
    std::string search;
    std::optional<Tag> after;
    std::size_t limit = 50;
  };
  /// By name, bytewise.
  [[nodiscard]] Result<std::vector<TagDetail>> tags(const RepositoryKey& key, const TagQuery& query);

  [[nodiscard]] Result<Artifact> artifact(const RepositoryKey& key, const std::variant<Tag, Digest>& reference);

 private:
  db::Database& database_;
  ConfigReader& configs_;
};

}  // namespace berth::catalog
