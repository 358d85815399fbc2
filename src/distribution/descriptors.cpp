#include "distribution/descriptors.h"

#include "base/encoding.h"
#include "base/sha.h"

namespace berth::distribution {
namespace {

constexpr std::size_t kMaxPlatform = 255;

std::unexpected<Error> refuse(std::string_view where, std::string_view why) {
  return fail(Fault::kManifestInvalid, fmt::format("{}: {}", where, why));
}

bool is_non_distributable(std::string_view media_type) {
  return media_type.starts_with("application/vnd.oci.image.layer.nondistributable.v1.tar") ||
         media_type == "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
}

/// Whether there are any.
Result<bool> parse_urls(const json::value& descriptor, std::string_view where) {
  const auto* urls = find_present(descriptor, "urls");
  if (urls == nullptr) return false;
  const auto* list = urls->if_array();
  if (list == nullptr || !std::ranges::all_of(*list, [](const json::value& url) { return url.is_string(); }))
    return refuse(where, "urls is a list of strings");
  return !list->empty();
}

Result<std::string> parse_platform(const json::value& descriptor, std::string_view where) {
  const auto* platform = find_present(descriptor, "platform");
  if (platform == nullptr) return std::string();
  if (!platform->is_object()) return refuse(where, "platform is an object");
  const auto os = find_string(*platform, "os");
  const auto architecture = find_string(*platform, "architecture");
  if (!os || !architecture || os->empty() || architecture->empty()) return std::string();
  const auto variant = find_string(*platform, "variant").value_or("");
  auto text = fmt::format("{}/{}{}{}", *os, *architecture, variant.empty() ? "" : "/", variant);
  if (text.size() > kMaxPlatform) return refuse(where, "the platform is too long");
  if (text.find('\0') != std::string::npos) return refuse(where, "the platform has a NUL in it");  // no column takes it
  return text;
}

Result<void> check_data(const json::value& descriptor, const Descriptor& parsed, std::string_view where) {
  const auto* data = find_present(descriptor, "data");
  if (data == nullptr) return {};
  const auto* text = data->if_string();
  const auto bytes = text != nullptr ? from_base64(*text) : std::nullopt;
  if (!bytes) return refuse(where, "data is base64 text");
  if (bytes->size() != static_cast<std::uint64_t>(parsed.size)) return refuse(where, "data has not the given size");
  Hasher hasher(parsed.digest.algorithm());
  hasher.update(*bytes);
  if (hasher.finish() != parsed.digest) return refuse(where, "data has not the given digest");
  return {};
}

}  // namespace

const json::value* find_present(const json::value& object, std::string_view key) {
  const auto* value = find(object, key);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

Result<Descriptor> parse_descriptor(const json::value& value, std::string_view where) {
  if (!value.is_object()) return refuse(where, "a descriptor is an object");
  auto media_type = MediaType::parse(find_string(value, "mediaType").value_or(""));
  if (!media_type) return refuse(where, "mediaType is missing or no media type");
  auto digest = Digest::parse(find_string(value, "digest").value_or(""));
  if (!digest) return refuse(where, "digest is missing or no sha256 or sha512 digest");
  const auto size = find_int(value, "size");
  if (!size || *size < 0) return refuse(where, "size is missing or no count of bytes");
  const auto has_urls = parse_urls(value, where);
  if (!has_urls) return fail(has_urls.error());
  auto platform = parse_platform(value, where);
  if (!platform) return fail(platform.error());
  const bool foreign = *has_urls || is_non_distributable(media_type->text());
  Descriptor descriptor{.media_type = std::move(*media_type),
                        .digest = std::move(*digest),
                        .size = *size,
                        .platform = std::move(*platform),
                        .foreign = foreign};
  if (auto checked = check_data(value, descriptor, where); !checked) return fail(checked.error());
  return descriptor;
}

}  // namespace berth::distribution
