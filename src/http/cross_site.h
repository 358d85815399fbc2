#pragma once

#include <string_view>

#include "http/message.h"

namespace berth::http {

/// Whether a browser says that another site's page made it send a request that may change something. Such a request
/// is refused whatever credential it carries: a browser adds a cookie or a remembered Basic login by itself, and nobody
/// who has a reason to write here comes from another site. What is no browser sends neither field.
///
/// Sec-Fetch-Site decides where there is one: pages of this server and the address bar may, a sibling domain may not.
/// Older browsers send Origin: its host must be the request's, or that of `public_url`.
[[nodiscard]] bool is_forged(const Request& request, std::string_view public_url);

}  // namespace berth::http
