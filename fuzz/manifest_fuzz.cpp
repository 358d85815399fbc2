#include "distribution/manifest_parser.h"
#include "fuzz_support.h"

using namespace berth;
using fuzz::require;

namespace {

constexpr std::string_view kTypes[] = {
    "",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/vnd.example+json",
};

void check(const distribution::ParsedManifest& manifest) {
  using distribution::ManifestKind;
  using distribution::ReferenceKind;
  require(MediaType::parse(manifest.media_type.text()).has_value());
  require(manifest.references.size() <= distribution::kMaxReferences);
  require(manifest.content_size >= 0);
  require(manifest.artifact_type.empty() || MediaType::parse(manifest.artifact_type).has_value());
  for (const auto& reference : manifest.references) {
    require(Digest::parse(reference.digest.text()).has_value() && reference.size >= 0);
    if (manifest.kind == ManifestKind::kImage) require(reference.kind != ReferenceKind::kChild);
    if (manifest.kind == ManifestKind::kIndex) require(reference.kind == ReferenceKind::kChild);
  }
  for (const auto& annotation : manifest.annotations) require(annotation.value().is_string());
}

}  // namespace

/// The first byte chooses the Content-Type, the rest is the manifest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = fuzz::text_of(data, size).substr(1);
  const auto type = kTypes[data[0] % std::size(kTypes)];
  const auto parsed = distribution::parse_manifest(bytes, MediaType::trusted(std::string(type)));
  if (parsed) check(*parsed);
  return 0;
}
