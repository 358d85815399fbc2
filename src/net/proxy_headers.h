#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace berth::net {

/// The proxies whose X-Forwarded-For, -Proto and -Host are believed. Immutable; any thread.
class ProxyTrust {
 public:
  ProxyTrust() = default;
  /// CIDRs: "10.0.0.0/8", "fd00::/8", "192.0.2.7". kInvalid for anything else.
  static Result<ProxyTrust> parse(const std::vector<std::string>& networks);

  [[nodiscard]] bool trusts(std::string_view address) const;

  /// Fills what the proxies in front say of the request: from the connection's end backwards, the first address that is
  /// no trusted proxy is the peer. Removes the fields in any case, so that nobody behind can believe a forged one.
  /// request.peer_address is the connection's own peer before the call.
  void apply(http::Request& request) const;

 private:
  struct Network {
    std::array<unsigned char, 16> address;  // IPv4 as ::ffff:a.b.c.d
    unsigned bits;
  };
  static std::optional<Network> parse_network(std::string_view text);

  std::vector<Network> networks_;
};

}  // namespace berth::net
