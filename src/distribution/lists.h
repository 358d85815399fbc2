#pragma once

#include "db/database.h"
#include "http/route.h"

/// The lists (OCI distribution-spec, "Listing tags"; registry.md 1.3, 33-35), by key ranges of an index: a page costs
/// what it shows. Names are ordered by bytes.
namespace berth::distribution {

/// GET …/tags/list
[[nodiscard]] http::Response list_tags(db::Database& database, const http::Call& call);
/// GET /v2/_catalog: what the asker may pull, of what there is to pull.
[[nodiscard]] http::Response list_repositories(db::Database& database, const http::Call& call);

}  // namespace berth::distribution
