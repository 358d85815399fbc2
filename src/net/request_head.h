#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"
#include "net/refusal.h"

namespace berth::net {

/// A head as the parser found it: syntax is right, meaning unchecked.
struct RawHead {
  std::string method;
  std::string target;
  int version = 11;  // 10 or 11
  bool keep_alive = true;
  http::Headers headers;
};

/// A request whose body has not been read yet.
struct RequestHead {
  http::Request request;
  int version = 11;
  bool keep_alive = true;
  bool chunked = false;
  bool expects_continue = false;
};

/// What RFC 9112 asks of a head beyond its syntax: one way to frame the body (6), one Host (3.2), a target that we can
/// route (3.2.1, 3.2.2), a method that we know. Fills path, query, host and the body's length; the peer's address, the
/// scheme and the request's id come later.
[[nodiscard]] std::expected<RequestHead, Refusal> understand(RawHead&& raw, std::size_t target_limit);

/// The path that a head which cannot be parsed seems to ask for, so that even its refusal has the right surface.
[[nodiscard]] std::string_view guess_path(std::string_view head);

}  // namespace berth::net
