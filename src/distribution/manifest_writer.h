#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "distribution/caller.h"
#include "distribution/content_changes.h"
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
[[nodiscard]] Result<PushedManifest> push_manifest(db::Database& database, ContentChanges& changes, const Caller& caller,
                                                   const Place& place, const ManifestPush& push);

/// The manifest and every tag at it are gone when this returns. kManifestUnknown; kConflict while an index in this
/// repository lists it: what was accepted stays whole until it is deleted itself.
[[nodiscard]] Result<void> delete_manifest(db::Database& database, ContentChanges& changes, const Caller& caller,
                                           const Place& place, const Digest& digest);
/// The tag alone.
[[nodiscard]] Result<void> delete_tag(db::Database& database, ContentChanges& changes, const Caller& caller,
                                      const Place& place, const Tag& tag);

}  // namespace berth::distribution
