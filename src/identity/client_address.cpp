#include "identity/client_address.h"

#include <arpa/inet.h>

#include "base/encoding.h"

namespace berth::identity {

ClientAddress ClientAddress::of(std::string_view address) {
  constexpr std::size_t kSubnet = 8;
  constexpr std::size_t kSite = 6;
  std::array<char, 16> raw{};
  std::string text(address);
  if (inet_pton(AF_INET6, text.c_str(), raw.data()) != 1) return {std::move(text), ""};
  const std::string_view bytes(raw.data(), raw.size());
  // ::ffff:192.0.2.1 is 192.0.2.1: its /64 would be all of IPv4.
  if (text.starts_with("::ffff:")) return {to_hex(bytes), ""};
  return {to_hex(bytes.substr(0, kSubnet)) + "/64", to_hex(bytes.substr(0, kSite)) + "/48"};
}

}  // namespace berth::identity
