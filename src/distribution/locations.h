#pragma once

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/names.h"

/// The registry's own addresses. Relative: every client resolves them, and a proxy in front changes nothing
/// (registry.md 1.3, 40).
namespace berth::distribution {

[[nodiscard]] inline std::string blob_location(const RepositoryName& name, const Digest& digest) {
  return fmt::format("/v2/{}/blobs/{}", name.text(), digest.text());
}
[[nodiscard]] inline std::string manifest_location(const RepositoryName& name, const Digest& digest) {
  return fmt::format("/v2/{}/manifests/{}", name.text(), digest.text());
}
[[nodiscard]] inline std::string upload_location(const RepositoryName& name, std::string_view id) {
  return fmt::format("/v2/{}/blobs/uploads/{}", name.text(), id);
}

}  // namespace berth::distribution
