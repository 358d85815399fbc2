#pragma once

#include <string>
#include <string_view>

namespace berth::identity {

/// What an address counts as where attempts are counted: one customer has many IPv6 addresses.
struct ClientAddress {
  /// An IPv4 address, or the /64 of an IPv6 address.
  std::string own;
  /// The /48 of an IPv6 address; empty for IPv4.
  std::string network;

  static ClientAddress of(std::string_view address);
};

}  // namespace berth::identity
