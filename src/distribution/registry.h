#pragma once

#include "access/decider.h"
#include "blob/blob_store.h"
#include "db/database.h"
#include "distribution/blob_reader.h"
#include "distribution/content_cache.h"
#include "distribution/manifest_reader.h"
#include "distribution/mounts.h"
#include "distribution/pull_counter.h"
#include "distribution/repositories.h"
#include "distribution/upload_sessions.h"
#include "http/route.h"

namespace berth::distribution {

struct Limits {
  Duration upload_lifetime = std::chrono::hours(24);  // after the last request that touched the upload
  std::size_t remembered_manifests = 64U << 20;       // bytes of memory for the pull path
  std::size_t remembered_blobs = 32U << 20;           // the same, for links: their bytes stay in files
  std::size_t remembered_repositories = 4U << 20;     // the same, for the guard of pushes
};

/// The embedded registry: what /v2 serves. The composition root makes one; it outlives the routes. Any thread.
///
/// It keeps nothing that a second one on the same database and store would miss, apart from pulls not yet flushed: a
/// restart, and a replica, go on where the last request ended. What it remembers of content is never older than the
/// last change of it.
class Registry {
 public:
  /// All three outlive the registry.
  Registry(db::Database& database, blob::BlobStore& store, const Clock& clock, Limits limits = {});

  /// Whose a repository is, for http::Guard: what was read before from memory.
  [[nodiscard]] access::RepositoryTarget lookup(SpaceId space, const RepositoryPath& path);

  /// For periodic calls, every few minutes and every few seconds. Both do a bounded part of what there is.
  std::size_t expire_uploads(Time now) { return uploads_.expire(now); }
  /// Gives the repositories whose counters it wrote.
  std::vector<RepositoryId> flush_pulls() { return pulls_.flush(database_); }

  /// The repository with its manifests, tags and links; its blobs' bytes are left to the collector. kNameUnknown,
  /// kDenied. For REST; the guard has asked kDelete.
  [[nodiscard]] Result<void> delete_repository(const Caller& caller, const Place& place);

  // What the handlers work with.
  [[nodiscard]] db::Database& database() { return database_; }
  [[nodiscard]] blob::BlobStore& store() { return store_; }
  [[nodiscard]] UploadSessions& uploads() { return uploads_; }
  [[nodiscard]] Mounts& mounts() { return mounts_; }
  /// For whoever changes content: the one line is in content_changes.h.
  [[nodiscard]] ContentChanges& changes() { return changes_; }
  [[nodiscard]] BlobReader& blobs() { return blobs_; }
  [[nodiscard]] ManifestReader& manifests() { return manifests_; }
  [[nodiscard]] PullCounter& pulls() { return pulls_; }

 private:
  db::Database& database_;
  blob::BlobStore& store_;
  HashHelpers hash_helpers_;
  UploadSessions uploads_;
  Mounts mounts_;
  ContentChanges changes_;
  ContentCache<Repository> repositories_;
  BlobReader blobs_;
  ManifestReader manifests_;
  PullCounter pulls_;
};

}  // namespace berth::distribution
