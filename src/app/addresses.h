#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace berth::app {

struct ListenAddress {
  std::string host;  // an IP address
  std::uint16_t port = 0;
};

/// "127.0.0.1:5080", "[::1]:5080", ":5080" (all addresses).
[[nodiscard]] Result<ListenAddress> parse_listen_address(std::string_view text);
/// "http://127.0.0.1:5080"; what stands for all addresses is shown as localhost.
[[nodiscard]] std::string to_url(std::string_view scheme, const ListenAddress& address);
/// "a, b" → a and b; empty parts are left out.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

}  // namespace berth::app
