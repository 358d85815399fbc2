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
  explicit Tenancy(const Context& context)
      : context(context),
        workspaces(context),
        members(context),
        clusters(context),
        namespaces(context),
        credentials(context),
        registries(context),
        spaces(context),
        bindings(context),
        settings(context),
        explainer(context) {}

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
