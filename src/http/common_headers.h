#pragma once

#include <string_view>

#include "http/message.h"
#include "http/surface.h"

namespace berth::http {

/// What every answer of a surface carries; a handler that set a field itself is left alone. /v2 says which protocol it
/// speaks; all else is not sniffed, not framed, runs nothing (a page that needs more sets its own policy) and, unless
/// the handler says otherwise, is not stored by caches under /api and at the token service.
void add_common_headers(Response& response, Surface surface, std::string_view path, std::string_view request_id);

}  // namespace berth::http
