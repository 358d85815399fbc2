#pragma once

#include "tenancy/bindings.h"
#include "tenancy/clusters.h"
#include "tenancy/explain.h"
#include "tenancy/members.h"
#include "tenancy/namespace_credentials.h"
#include "tenancy/namespaces.h"
#include "tenancy/registries.h"
#include "tenancy/settings.h"
#include "tenancy/spaces.h"
#include "tenancy/workspaces.h"

namespace berth::tenancy {

/// Everything that this folder keeps. One per process; it must outlive the routes. Any thread.
struct Tenancy {
  explicit Tenancy(const Context& its_context)
      : context(its_context),
        workspaces(its_context),
        members(its_context),
        clusters(its_context),
        namespaces(its_context),
        credentials(its_context),
        registries(its_context),
        spaces(its_context),
        bindings(its_context),
        settings(its_context),
        explainer(its_context) {}

  Context context;
  Workspaces workspaces;
  Members members;
  Clusters clusters;
  Namespaces namespaces;
  NamespaceCredentials credentials;
  Registries registries;
  Spaces spaces;
  Bindings bindings;
  SettingsStore settings;
  Explainer explainer;
};

}  // namespace berth::tenancy
