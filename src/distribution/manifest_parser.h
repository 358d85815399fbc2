#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "distribution/descriptors.h"

namespace berth::distribution {

/// Larger ones are kTooLarge. Clients refuse to read more than this, too.
inline constexpr std::size_t kMaxManifestBytes = 4U << 20;
inline constexpr std::size_t kMaxReferences = 10'000;

enum class ManifestKind { kImage, kIndex, kOther };
enum class ReferenceKind { kConfig, kLayer, kChild };

/// Bytes or a manifest that must be in the repository for this manifest to be accepted, foreign layers apart.
struct Reference {
  ReferenceKind kind = ReferenceKind::kLayer;
  Digest digest;
  MediaType media_type;
  std::int64_t size = 0;
  std::string platform;  // of a child: "os/arch[/variant]", or empty
  bool foreign = false;  // need not be in the repository
};

struct ParsedManifest {
  MediaType media_type;
  ManifestKind kind = ManifestKind::kOther;
  /// As the referrers API defines it: the manifest's artifactType, else an image's config type, else empty.
  std::string artifact_type;
  /// May name what is not there.
  std::optional<Descriptor> subject;
  std::optional<Descriptor> config;
  std::vector<Reference> references;  // in document order, the config first
  json::object annotations;           // string to string
  std::int64_t content_size = 0;      // config and layers
};

/// Reads a manifest as pushed with `content_type` (no parameters; empty when the client sent none, then the document
/// must name its own type). Pure; any thread.
///
/// OCI image manifests and indexes and Docker's schema 2 pair are known; any other type is taken as it is, and what it
/// has under the names that those use (config, layers, blobs, manifests, subject) must be what they have there, so that
/// no bytes which it needs are ever collected. kManifestInvalid for everything else, schema 1 included; kTooLarge above
/// kMaxManifestBytes. A document that could be read as two kinds is refused (CVE-2021-41190).
[[nodiscard]] Result<ParsedManifest> parse_manifest(std::string_view bytes, const MediaType& content_type);

}  // namespace berth::distribution
