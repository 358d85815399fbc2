#pragma once

#include <prometheus/registry.h>

#include <string>

#include "blob/blob_store.h"
#include "catalog/index_feed.h"
#include "db/database.h"
#include "http/route.h"

namespace berth::app {

/// What the server says about itself: health, metrics, version, the certificate authority, and the page at /.
struct SystemServices {
  db::Database& database;
  blob::BlobStore& blobs;
  catalog::IndexFeed& images;
  const prometheus::Registry& metrics;
  std::string authority_file;  // PEM; empty: none of ours
};

[[nodiscard]] http::Routes system_routes(SystemServices services);

}  // namespace berth::app
