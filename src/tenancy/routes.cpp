#include "tenancy/routes.h"

namespace berth::tenancy {

http::Routes routes(Tenancy& tenancy) {
  http::Routes all;
  for (const auto part : {workspace_routes, member_routes, cluster_routes, namespace_routes, credential_routes,
                          registry_routes, space_routes, binding_routes, audit_routes, settings_routes, explain_routes})
    std::ranges::move(part(tenancy), std::back_inserter(all));
  return all;
}

}  // namespace berth::tenancy
