#pragma once

#include <expected>
#include <string_view>

#include "net/request_head.h"

namespace berth::net {

/// The syntax of a whole head, as HeadScanner delimits it (RFC 9112, 3 and 5). Takes nothing that Beast's parser would
/// refuse: tests/head_parser_test.cpp holds the two against each other. Pure.
[[nodiscard]] std::expected<RawHead, Refusal> parse_head(std::string_view head);

}  // namespace berth::net
