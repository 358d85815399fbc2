#include "distribution/manifest_parser.h"

namespace berth::distribution {
namespace {

// Four megabytes of annotations with the shortest keys and values are about this many.
constexpr JsonLimits kLimits{.bytes = kMaxManifestBytes, .depth = 32, .values = 500'000};

std::unexpected<Error> refuse(std::string why) {
  return fail(Fault::kManifestInvalid, std::move(why));
}

ManifestKind kind_of(std::string_view media_type) {
  if (media_type == "application/vnd.oci.image.manifest.v1+json" ||
      media_type == "application/vnd.docker.distribution.manifest.v2+json")
    return ManifestKind::kImage;
  if (media_type == "application/vnd.oci.image.index.v1+json" ||
      media_type == "application/vnd.docker.distribution.manifest.list.v2+json")
    return ManifestKind::kIndex;
  return ManifestKind::kOther;
}

bool is_schema1(const json::value& document, std::string_view media_type) {
  return media_type.starts_with("application/vnd.docker.distribution.manifest.v1") ||
         find(document, "fsLayers") != nullptr;
}

/// An absent or null member is "", anything but a media type is refused.
Result<std::string> parse_type_member(const json::value& document, std::string_view key) {
  const auto* member = find_present(document, key);
  if (member == nullptr) return std::string();
  const auto* text = member->if_string();
  if (text == nullptr) return refuse(fmt::format("{} is a string", key));
  if (text->empty()) return std::string();
  auto type = MediaType::parse(*text);
  if (!type) return refuse(fmt::format("{} is no media type", key));
  return type->text();
}

class Parser {
 public:
  explicit Parser(const json::value& document) : document_(document) {}

  Result<ParsedManifest> run(const MediaType& content_type) {
    if (auto done = parse_type(content_type); !done) return fail(done.error());
    if (auto done = check_shape(); !done) return fail(done.error());
    if (auto done = parse_config(); !done) return fail(done.error());
    if (auto done = parse_list("layers", ReferenceKind::kLayer); !done) return fail(done.error());
    if (out_.kind == ManifestKind::kOther)
      if (auto done = parse_list("blobs", ReferenceKind::kLayer); !done) return fail(done.error());
    if (auto done = parse_list("manifests", ReferenceKind::kChild); !done) return fail(done.error());
    if (auto done = parse_subject(); !done) return fail(done.error());
    if (auto done = parse_artifact_type(); !done) return fail(done.error());
    if (auto done = parse_annotations(); !done) return fail(done.error());
    return std::move(out_);
  }

 private:
  Result<void> parse_type(const MediaType& content_type);
  Result<void> check_shape() const;
  Result<void> parse_config();
  Result<void> parse_list(std::string_view key, ReferenceKind kind);
  Result<void> parse_subject();
  Result<void> parse_artifact_type();
  Result<void> parse_annotations();
  Result<void> add(ReferenceKind kind, const Descriptor& descriptor);

  const json::value& document_;
  ParsedManifest out_;
};

Result<void> Parser::parse_type(const MediaType& content_type) {
  const auto own = parse_type_member(document_, "mediaType");
  if (!own) return fail(own.error());
  if (content_type.empty() && own->empty())
    return refuse("the manifest has neither a Content-Type nor a mediaType of its own");
  if (!content_type.empty() && !own->empty() && *own != content_type.text())
    return refuse(fmt::format("the Content-Type is {}, the manifest's own mediaType {}", content_type.text(), *own));
  out_.media_type = content_type.empty() ? MediaType::trusted(*own) : content_type;
  out_.kind = kind_of(out_.media_type.text());
  return {};
}

Result<void> Parser::check_shape() const {
  if (is_schema1(document_, out_.media_type.text())) return refuse("Docker's schema 1 is not supported");
  const bool has_config = find_present(document_, "config") != nullptr;
  const bool has_layers = find_present(document_, "layers") != nullptr;
  const bool has_manifests = find_present(document_, "manifests") != nullptr;
  if (has_manifests && (has_config || has_layers))
    return refuse("the manifest is an image and an index at once: it has manifests beside config or layers");
  if (out_.kind == ManifestKind::kOther) return {};
  if (find_int(document_, "schemaVersion") != 2) return refuse("schemaVersion is 2");
  if (out_.kind == ManifestKind::kImage && has_manifests) return refuse("an image manifest has no manifests");
  if (out_.kind == ManifestKind::kImage && !has_config) return refuse("an image manifest has a config");
  if (out_.kind == ManifestKind::kIndex && (has_config || has_layers))
    return refuse("an index has no config or layers");
  if (out_.kind == ManifestKind::kIndex && find(document_, "manifests") == nullptr)
    return refuse("an index has manifests");
  return {};
}

Result<void> Parser::parse_config() {
  const auto* member = find_present(document_, "config");
  if (member == nullptr) return {};
  auto config = parse_descriptor(*member, "config");
  if (!config) return fail(config.error());
  if (auto added = add(ReferenceKind::kConfig, *config); !added) return added;
  out_.config = std::move(*config);
  return {};
}

Result<void> Parser::parse_list(std::string_view key, ReferenceKind kind) {
  const auto* member = find_present(document_, key);
  if (member == nullptr) return {};
  const auto* list = member->if_array();
  if (list == nullptr) return refuse(fmt::format("{} is a list", key));
  if (list->size() > kMaxReferences - std::min(out_.references.size(), kMaxReferences))
    return refuse(fmt::format("a manifest refers to at most {} others", kMaxReferences));
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto descriptor = parse_descriptor((*list)[i], fmt::format("{}[{}]", key, i));
    if (!descriptor) return fail(descriptor.error());
    if (auto added = add(kind, *descriptor); !added) return added;
  }
  return {};
}

Result<void> Parser::add(ReferenceKind kind, const Descriptor& descriptor) {
  if (kind != ReferenceKind::kChild && __builtin_add_overflow(out_.content_size, descriptor.size, &out_.content_size))
    return refuse("the sizes add up to more than there can be");
  out_.references.push_back(Reference{.kind = kind,
                                      .digest = descriptor.digest,
                                      .media_type = descriptor.media_type,
                                      .size = descriptor.size,
                                      .platform = kind == ReferenceKind::kChild ? descriptor.platform : std::string(),
                                      .foreign = descriptor.foreign});
  return {};
}

Result<void> Parser::parse_subject() {
  const auto* member = find_present(document_, "subject");
  if (member == nullptr) return {};
  auto subject = parse_descriptor(*member, "subject");
  if (!subject) return fail(subject.error());
  out_.subject = std::move(*subject);
  return {};
}

Result<void> Parser::parse_artifact_type() {
  auto own = parse_type_member(document_, "artifactType");
  if (!own) return fail(own.error());
  out_.artifact_type = std::move(*own);
  if (out_.artifact_type.empty() && out_.kind == ManifestKind::kImage)
    out_.artifact_type = out_.config->media_type.text();
  return {};
}

Result<void> Parser::parse_annotations() {
  const auto* member = find_present(document_, "annotations");
  if (member == nullptr) return {};
  const auto* annotations = member->if_object();
  if (annotations == nullptr || !std::ranges::all_of(*annotations, [](const auto& a) { return a.value().is_string(); }))
    return refuse("annotations map strings to strings");
  out_.annotations = *annotations;
  return {};
}

}  // namespace

Result<ParsedManifest> parse_manifest(std::string_view bytes, const MediaType& content_type) {
  const auto document = parse_json(bytes, kLimits);
  if (!document && document.error().fault == Fault::kInvalid) return refuse(document.error().message);
  if (!document) return fail(document.error());
  if (!document->is_object()) return refuse("a manifest is a JSON object");
  return Parser(*document).run(content_type);
}

}  // namespace berth::distribution
