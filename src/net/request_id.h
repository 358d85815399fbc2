#pragma once

#include <string>

#include "http/message.h"

namespace berth::net {

/// The trace id of a valid `traceparent` (W3C Trace Context, 3.2.2), so that one id runs through all services; else 128
/// random bits. 32 hex digits.
[[nodiscard]] std::string request_id_for(const http::Headers& headers);

}  // namespace berth::net
