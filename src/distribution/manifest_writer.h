#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "distribution/caller.h"
#include "distribution/content_changes.h"
#include "distribution/repositories.h"
#include "distribution/tags.h"

namespace berth::distribution {

struct ManifestPush {
  std::string_view bytes;
  MediaType content_type;        // empty: the document says
  std::optional<Digest> digest;  // the client named it; else sha256
  std::vector<Tag> tags;         // all of them move, or none
  Preconditions conditions;
};
struct PushedManifest {
  Digest digest;
  std::optional<Digest> subject;
};

/// Accepts a manifest: its row, its references, its tags, the counters, the events, in one transaction. Any thread.
///
/// kDigestInvalid when the bytes are others than named, kManifestInvalid, kManifestBlobUnknown, kPreconditionFailed,
/// kDenied; nothing is changed then.
[[nodiscard]] Result<PushedManifest> push_manifest(db::Database& database, ContentChanges& changes,
                                                   const Caller& caller, const Place& place, const ManifestPush& push);

/// The manifest and every tag at it are gone when this returns. kManifestUnknown; kConflict while an index in this
/// repository lists it: what was accepted stays whole until it is deleted itself.
[[nodiscard]] Result<void> delete_manifest(db::Database& database, ContentChanges& changes, const Caller& caller,
                                           const Place& place, const Digest& digest);
struct DroppedManifest {
  ManifestId id;
  Digest digest;
  std::int64_t size = 0;
};
/// The part of it that needs no leave, for the collector: the caller holds the repository's lock and has looked.
/// `untagged_since`: what the manifest held together and has no tag itself has been without one since.
void drop_manifest(db::Connection& tx, ContentChanges& changes, const Caller& caller, const Place& place,
                   const Repository& repository, const DroppedManifest& manifest, Time untagged_since);
/// The tag alone.
[[nodiscard]] Result<void> delete_tag(db::Database& database, ContentChanges& changes, const Caller& caller,
                                      const Place& place, const Tag& tag);

}  // namespace berth::distribution
