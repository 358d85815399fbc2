#pragma once

#include "db/database.h"
#include "distribution/manifest_reader.h"
#include "http/route.h"

namespace berth::distribution {

/// GET …/referrers/<digest> (OCI distribution-spec, "Listing referrers"; registry.md 1.3, 36-39): an index of all
/// manifests whose subject is the digest, also of an unknown one, in the order of digests. A page has at most 4 MiB,
/// since clients read no larger index.
///
/// What a client wrote into the index at the tag `<algorithm>-<hex>`, as they do where this API is missing, is merged
/// in as long as the manifests are here.
[[nodiscard]] http::Response list_referrers(db::Database& database, ManifestReader& manifests, const http::Call& call);

}  // namespace berth::distribution
