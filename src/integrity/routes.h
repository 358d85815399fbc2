#pragma once

#include "db/database.h"
#include "http/route.h"
#include "integrity/scrubber.h"

namespace berth::integrity {

/// /api/v1/scrub and /api/v1/damaged-blobs, for the platform administrator. Both outlive the routes.
[[nodiscard]] http::Routes routes(Scrubber& scrubber, db::Database& database);

}  // namespace berth::integrity
