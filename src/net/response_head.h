#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace berth::net {

/// What of a request its response depends on.
struct ReplyOptions {
  bool head_only = false;  // HEAD
  bool http10 = false;     // no chunks; keep-alive must be said
  bool close = false;      // the connection ends after this response
  std::string_view request_id;
  std::string_view date;  // IMF-fixdate
};

/// How the peer will know where the body ends (RFC 9112, 6.3).
enum class Framing { kNone, kLength, kChunked, kUntilClose };

struct BodyPlan {
  Framing framing = Framing::kNone;
  std::optional<std::uint64_t> length;  // what Content-Length says
  bool send = false;                    // false for HEAD, 204, 304
};
[[nodiscard]] BodyPlan plan_body(const http::Response& response, const ReplyOptions& options);

/// Status line and header fields with the empty line. Connection, Content-Length, Transfer-Encoding and Date are ours,
/// whatever the response says; CR, LF and NUL in a value become spaces, so that no value can begin a field.
[[nodiscard]] std::string render_head(const http::Response& response, const BodyPlan& plan,
                                      const ReplyOptions& options);

}  // namespace berth::net
