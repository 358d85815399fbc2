#include "distribution/reviews.h"

#include "jobs/queue.h"

namespace berth::distribution {
namespace {

// Rows are locked in the order of their keys, so that two transactions that enqueue the same ones do not deadlock.
void enqueue_all(db::Connection& tx, std::string_view topic, RepositoryId repository,
                 const std::vector<std::tuple<std::string>>& digests, Time now, Time since) {
  for (const auto& [digest] : digests) jobs::enqueue(tx, {topic, repository.value(), digest}, now, since);
}

}  // namespace

void review_pushed(db::Connection& tx, RepositoryId repository, const Digest& digest, Time now) {
  jobs::enqueue(tx, {kLinkPushed, repository.value(), digest.text()}, now);
}

void review_untagged(db::Connection& tx, RepositoryId repository, const Digest& digest, Time now) {
  jobs::enqueue(tx, {kManifestUntagged, repository.value(), digest.text()}, now);
}

void review_released(db::Connection& tx, RepositoryId repository, ManifestId manifest, const Digest& digest, Time now,
                     Time since) {
  enqueue_all(tx, kLinkReleased, repository,
              tx.query<std::string>("SELECT DISTINCT digest FROM manifest_references "
                                    "WHERE manifest_id = :manifest AND kind <> 'child' ORDER BY digest",
                                    manifest),
              now, now);
  enqueue_all(tx, kManifestUntagged, repository,
              tx.query<std::string>(
                  "SELECT digest FROM manifest_references WHERE manifest_id = :manifest AND kind = 'child' "
                  "UNION SELECT digest FROM manifests WHERE repository_id = :repository AND subject_digest = :digest "
                  "ORDER BY 1",
                  manifest, repository, digest),
              now, since);
}

void review_unlinked(db::Connection& tx, BlobId blob, Time now) {
  jobs::enqueue(tx, {kBlobUnlinked, blob.value()}, now);
}

void review_repository(db::Connection& tx, RepositoryId repository, Time now) {
  for (const auto& [blob] : tx.query<std::int64_t>(
           "SELECT blob_id FROM repository_blobs WHERE repository_id = :repository ORDER BY blob_id", repository))
    review_unlinked(tx, BlobId(blob), now);
}

}  // namespace berth::distribution
