#pragma once

#include "http/json_body.h"
#include "http/paging.h"
#include "http/surface.h"

/// What this folder's handlers say in common.
namespace berth::identity::rest {

/// 201 with Location, and the object.
[[nodiscard]] http::Response created(std::string location, const json::object& object);
[[nodiscard]] http::Response no_content();
/// {"items": […]}.
[[nodiscard]] http::Response list(json::array items);
/// The row's version as a strong ETag.
void set_version(http::Response& response, std::int64_t version);
/// What If-Match demands; nullopt when it is absent or `*`. A tag that we never gave is version -1, which no row has.
[[nodiscard]] std::optional<std::int64_t> if_version(const http::Call& call);

/// A path parameter that is an id; kNotFound for anything but a positive number.
template <class IdType>
[[nodiscard]] Result<IdType> id_param(const http::Call& call, std::string_view name);

/// The user who asks, in person or by a token; kDenied for robots.
[[nodiscard]] Result<UserId> me(const http::Call& call);

[[nodiscard]] Result<std::int64_t> parse_id(std::string_view text);

template <class IdType>
Result<IdType> id_param(const http::Call& call, std::string_view name) {
  const auto value = parse_id(call.param(name));
  if (!value) return fail(value.error());
  return IdType(*value);
}

}  // namespace berth::identity::rest
