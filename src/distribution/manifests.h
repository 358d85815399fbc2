#pragma once

#include "db/database.h"
#include "distribution/manifest_reader.h"
#include "distribution/pull_counter.h"
#include "http/route.h"

/// The manifest endpoints (OCI distribution-spec, "Pulling manifests", "Pushing manifests", "Deleting manifests";
/// registry.md 1.3, 19-32).
namespace berth::distribution {

/// GET and HEAD: the stored bytes and type, whatever Accept says.
[[nodiscard]] http::Response get_manifest(ManifestReader& reader, PullCounter& pulls, const http::Call& call);
/// The same from memory alone, or nullopt. For the loop.
[[nodiscard]] std::optional<http::Response> recall_manifest(ManifestReader& reader, PullCounter& pulls,
                                                            const http::Call& call);
/// PUT by tag or digest, with further tags as ?tag=.
[[nodiscard]] http::Response put_manifest(db::Database& database, ContentChanges& changes, const http::Call& call);
/// DELETE of a tag, or of a manifest with all its tags.
[[nodiscard]] http::Response delete_manifest_or_tag(db::Database& database, ContentChanges& changes,
                                                    const http::Call& call);

}  // namespace berth::distribution
