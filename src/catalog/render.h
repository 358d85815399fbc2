#pragma once

#include "access/snapshot.h"
#include "base/json.h"
#include "catalog/artifacts.h"
#include "catalog/image_index.h"

/// Catalog values as the JSON of api/openapi.yaml.
namespace berth::catalog {

[[nodiscard]] json::value render(const access::Snapshot& snapshot, const ImageRow& row);
[[nodiscard]] json::value render(const access::Snapshot& snapshot, const RepositoryKey& key,
                                 const RepositoryDetail& detail);
[[nodiscard]] json::value render(const access::Snapshot& snapshot, const TagDetail& tag);
[[nodiscard]] json::value render(const access::Snapshot& snapshot, const Artifact& artifact);

/// "user:alice" for "user:12": who pushed, by the name that they have now; the bare id when they are gone.
[[nodiscard]] std::string creator_name(const access::Snapshot& snapshot, std::string_view subject);

}  // namespace berth::catalog
