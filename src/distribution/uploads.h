#pragma once

#include <memory>
#include <variant>

#include "distribution/mounts.h"
#include "distribution/upload_sessions.h"
#include "http/route.h"

/// The upload endpoints (OCI distribution-spec, "Pushing blobs"; registry.md 1.3, 1-15). All need push.
namespace berth::distribution {

using StreamAnswer = std::variant<http::Response, std::unique_ptr<http::BodySink>>;

/// POST …/blobs/uploads/: opens an upload, mounts (?mount=, ?from=), or takes a whole blob (?digest=).
[[nodiscard]] StreamAnswer start_upload(UploadSessions& uploads, Mounts& mounts, const http::Call& call);
/// PATCH: the next bytes, with or without Content-Range.
[[nodiscard]] StreamAnswer append_to_upload(UploadSessions& uploads, const http::Call& call);
/// PUT ?digest=: the last bytes, if any, and the end.
[[nodiscard]] StreamAnswer close_upload(UploadSessions& uploads, const http::Call& call);
[[nodiscard]] http::Response upload_status(UploadSessions& uploads, const http::Call& call);
[[nodiscard]] http::Response cancel_upload(UploadSessions& uploads, const http::Call& call);

}  // namespace berth::distribution
