#pragma once

#include "http/route.h"
#include "tenancy/tenancy.h"

namespace berth::tenancy {

/// The part of /api/v1 that this folder serves. `tenancy` must outlive the routes.
[[nodiscard]] http::Routes routes(Tenancy& tenancy);

// One each per file; routes() joins them.
[[nodiscard]] http::Routes workspace_routes(Tenancy& tenancy);
[[nodiscard]] http::Routes member_routes(Tenancy& tenancy);
[[nodiscard]] http::Routes cluster_routes(Tenancy& tenancy);
[[nodiscard]] http::Routes namespace_routes(Tenancy& tenancy);
[[nodiscard]] http::Routes credential_routes(Tenancy& tenancy);
[[nodiscard]] http::Routes registry_routes(Tenancy& tenancy);
[[nodiscard]] http::Routes space_routes(Tenancy& tenancy);
[[nodiscard]] http::Routes binding_routes(Tenancy& tenancy);
[[nodiscard]] http::Routes audit_routes(Tenancy& tenancy);
[[nodiscard]] http::Routes settings_routes(Tenancy& tenancy);
[[nodiscard]] http::Routes explain_routes(Tenancy& tenancy);

}  // namespace berth::tenancy
