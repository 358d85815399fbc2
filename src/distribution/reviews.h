#pragma once

#include "db/database.h"
#include "distribution/caller.h"

/// Whatever may make garbage says so here, in its own transaction; the collector (collector.h) looks later whether it
/// did. An event costs one row; nothing is decided and nothing is scanned on the way of a push or a deletion.
namespace berth::distribution {

// Topics of the queue (jobs/queue.h): owner and subject.
inline constexpr std::string_view kLinkPushed = "link.pushed";              // repository, digest
inline constexpr std::string_view kLinkReleased = "link.released";          // repository, digest
inline constexpr std::string_view kManifestUntagged = "manifest.untagged";  // repository, digest
inline constexpr std::string_view kBlobUnlinked = "blob.unlinked";          // blob
inline constexpr std::string_view kBlobCondemned = "blob.condemned";        // blob
inline constexpr std::string_view kSpacePolicy = "space.policy";            // space, where to go on
inline constexpr std::string_view kStoreSweep = "store.sweep";              // part of the store
inline constexpr std::array kTopics{kBlobCondemned,    kBlobUnlinked, kLinkReleased, kLinkPushed,
                                    kManifestUntagged, kSpacePolicy,  kStoreSweep};

/// A blob came into the repository: a manifest should follow.
void review_pushed(db::Connection& tx, RepositoryId repository, const Digest& digest, Time now);
/// The manifest may have no tag any more, or never had one.
void review_untagged(db::Connection& tx, RepositoryId repository, const Digest& digest, Time now);
/// The manifest is about to be deleted: its blobs, its children and what refers to it may be needed by nobody.
/// `since`: what has no tag then has been without one since.
void review_released(db::Connection& tx, RepositoryId repository, ManifestId manifest, const Digest& digest, Time now,
                     Time since);
/// A link to the blob is gone.
void review_unlinked(db::Connection& tx, BlobId blob, Time now);
/// All links of the repository are about to go.
void review_repository(db::Connection& tx, RepositoryId repository, Time now);

}  // namespace berth::distribution
