#pragma once

#include "catalog/artifacts.h"
#include "catalog/image_list.h"
#include "http/route.h"

/// The catalog's requests, read into values.
namespace berth::catalog {

[[nodiscard]] Result<ImageFilter> read_image_filter(const http::Call& call);

/// The space of {registry} and {space}, which the guard has found before.
[[nodiscard]] Result<SpaceId> space_of(const http::Call& call);
/// And {repository+} in it.
[[nodiscard]] Result<RepositoryKey> repository_of(const http::Call& call);

/// ?reference=1.2 or sha256:…; kInvalid without.
[[nodiscard]] Result<std::variant<Tag, Digest>> reference_of(const http::Call& call);

}  // namespace berth::catalog
