#pragma once

#include "distribution/registry.h"
#include "http/route.h"

namespace berth::distribution {

/// Every route under /v2 (registry.md 1.2). `registry` outlives them.
[[nodiscard]] http::Routes routes(Registry& registry);

}  // namespace berth::distribution
