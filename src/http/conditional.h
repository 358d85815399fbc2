#pragma once

#include <string_view>

#include "http/message.h"

namespace berth::http {

/// RFC 9110, 13.1.2: `*`, or one of the listed tags equals `etag` by weak comparison.
[[nodiscard]] bool any_match(std::string_view if_none_match, std::string_view etag);

/// Makes a 200 or 206 to GET or HEAD a 304 when the client has what the answer's ETag names.
void apply_if_none_match(Response& response, Method method, std::string_view if_none_match);

/// HEAD: the same fields as GET and the length that GET would have, but no body.
void drop_body(Response& response);

}  // namespace berth::http
