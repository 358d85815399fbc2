#include "tenancy/image_reference.h"

namespace berth::tenancy {
namespace {
constexpr std::size_t kMaxReference = 1024;
}  // namespace

Result<ImageReference> ImageReference::parse(std::string_view text) {
  if (text.empty() || text.size() > kMaxReference)
    return fail(Fault::kInvalid, "write an image as <space>/<repository>, with :<tag> or @<digest> behind it");
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    if (const auto digest = Digest::parse(text.substr(at + 1)); !digest) return fail(digest.error());
    text = text.substr(0, at);
  }
  // A colon before the last slash belongs to a host's port.
  const auto colon = text.rfind(':');
  const auto slash = text.rfind('/');
  if (colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash)) {
    if (const auto tag = Tag::parse(text.substr(colon + 1)); !tag) return fail(tag.error());
    text = text.substr(0, colon);
  }
  ImageReference reference{std::string(text)};
  if (!reference.whole() && (reference.possible_host().empty() || !reference.behind_host()))
    return fail(reference.whole().error());
  return reference;
}

std::string_view ImageReference::possible_host() const {
  const auto first = std::string_view(name_).substr(0, name_.find('/'));
  return first.size() < name_.size() && (first.find_first_of(".:") != std::string_view::npos || first == "localhost")
             ? first
             : "";
}

Result<RepositoryName> ImageReference::behind_host() const {
  const auto host = possible_host();
  return RepositoryName::parse(std::string_view(name_).substr(host.empty() ? 0 : host.size() + 1));
}

Result<RepositoryName> ImageReference::whole() const {
  return RepositoryName::parse(name_);
}

}  // namespace berth::tenancy
