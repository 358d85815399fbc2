#pragma once

#include "db/database.h"
#include "distribution/blob_reader.h"
#include "http/route.h"

/// The blob endpoints (OCI distribution-spec, "Pulling blobs", "Deleting blobs"; registry.md 1.3, 16-20 and 31).
namespace berth::distribution {

/// GET and HEAD …/blobs/<digest>: whole, or the ranges that were asked for.
[[nodiscard]] http::Response get_blob(BlobReader& reader, blob::BlobStore& store, const http::Call& call);
/// The same from memory and open files alone, or nullopt. For the loop.
[[nodiscard]] std::optional<http::Response> recall_blob(BlobReader& reader, blob::BlobStore& store,
                                                        const http::Call& call);
/// DELETE: the blob no longer exists in this repository. kBlobInUse while a manifest there refers to it.
[[nodiscard]] http::Response delete_blob(db::Database& database, ContentChanges& changes, const http::Call& call);

}  // namespace berth::distribution
