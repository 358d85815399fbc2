#pragma once

#include "catalog/artifacts.h"
#include "catalog/image_list.h"
#include "http/route.h"
#include "identity/robots.h"

namespace berth::catalog {

/// What the catalog's routes need. All of it outlives the routes.
struct Services {
  ImageList& images;
  Artifacts& artifacts;
  identity::Robots& robots;
  std::string public_url;  // empty: what the request says
};

[[nodiscard]] http::Routes routes(Services services);

}  // namespace berth::catalog
