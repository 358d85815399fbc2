#pragma once

#include "distribution/collector.h"
#include "http/route.h"

namespace berth::distribution {

/// /api/v1/collection: what the collector does, for who runs the platform. Both outlive the routes.
[[nodiscard]] http::Routes collection_routes(db::Database& database, Collector& collector);

}  // namespace berth::distribution
