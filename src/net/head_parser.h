#pragma once

#include <expected>
#include <string_view>

#include "net/request_head.h"

namespace berth::net {

/// The syntax of a whole head, as HeadScanner delimits it; Beast's HTTP/1.1 parser underneath, fed with memory and
/// never with a socket. Pure.
[[nodiscard]] std::expected<RawHead, Refusal> parse_head(std::string_view head);

}  // namespace berth::net
