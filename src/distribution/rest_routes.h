#pragma once

#include "distribution/registry.h"
#include "http/route.h"

namespace berth::distribution {

/// What /api/v1 can do to content: delete a repository with all that is in it. `registry` outlives the routes.
[[nodiscard]] http::Routes rest_routes(Registry& registry);

}  // namespace berth::distribution
