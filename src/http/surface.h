#pragma once

#include <string_view>

#include "http/message.h"
#include "http/route.h"

namespace berth::http {

/// Who speaks at a path: it decides the shape of errors, the kind of challenge, and which credentials count.
enum class Surface {
  kRegistry,      // /v2: OCI errors, a Bearer challenge
  kTokenService,  // /service/token: OCI errors, a Basic challenge
  kApi,           // all else: problem documents
};
[[nodiscard]] Surface surface_of(std::string_view path);

/// The error in its surface's shape.
[[nodiscard]] Response error_answer(Surface surface, const Error& error, std::string_view request_id);
/// What a handler returns for an error; writes error.detail to the log.
[[nodiscard]] Response answer(const Call& call, const Error& error);

}  // namespace berth::http
