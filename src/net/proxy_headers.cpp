#include "net/proxy_headers.h"

#include <charconv>
#include <ranges>

#include "net/asio.h"

namespace berth::net {
namespace {

using Bytes = std::array<unsigned char, 16>;

std::optional<Bytes> parse_address(std::string_view text) {
  boost::system::error_code failed;
  const auto address = asio::ip::make_address(std::string(text), failed);
  if (failed) return std::nullopt;
  return (address.is_v4() ? asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()) : address.to_v6())
      .to_bytes();
}

bool same_prefix(const Bytes& a, const Bytes& b, unsigned bits) {
  const auto whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
  const auto rest = bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<unsigned char>(0xff << (8 - rest));
  return (a[whole] & mask) == (b[whole] & mask);
}

std::string_view trim(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

// The list members of all fields of that name, in order.
std::vector<std::string> members(const http::Headers& headers, std::string_view name) {
  std::vector<std::string> out;
  for (const auto field : headers.all(name))
    for (const auto part : std::views::split(field, ','))
      out.emplace_back(trim(std::string_view(part.begin(), part.end())));
  return out;
}

bool is_plain_host(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
  });
}

// What a proxy says of an address goes into logs and limits: nothing but an address, so no zone ("fe80::1%…", any
// text).
bool is_plain_address(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos && parse_address(text);
}

// "192.0.2.1", "[2001:db8::1]:4711", "192.0.2.1:4711": some proxies add the port.
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  if (std::ranges::count(text, ':') == 1) return text.substr(0, text.find(':'));
  return text;
}

}  // namespace

std::optional<ProxyTrust::Network> ProxyTrust::parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const bool v4 = text.find(':') == std::string_view::npos;
  const unsigned most = v4 ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || bits > most) return std::nullopt;
  }
  return Network{*address, bits + (128 - most)};
}

Result<ProxyTrust> ProxyTrust::parse(const std::vector<std::string>& networks) {
  ProxyTrust trust;
  for (const auto& text : networks) {
    const auto network = parse_network(text);
    if (!network) return fail(Fault::kInvalid, fmt::format("\"{}\" is no network: write 10.0.0.0/8 or fd00::/8", text));
    trust.networks_.push_back(*network);
  }
  return trust;
}

bool ProxyTrust::trusts(std::string_view address) const {
  if (networks_.empty()) return false;
  const auto bytes = parse_address(address);
  return bytes && std::ranges::any_of(networks_, [&](const Network& network) {
           return same_prefix(network.address, *bytes, network.bits);
         });
}

void ProxyTrust::apply(http::Request& request) const {
  if (trusts(request.peer_address)) {
    const auto hops = members(request.headers, "X-Forwarded-For");
    for (const auto& hop : std::views::reverse(hops)) {
      const auto address = without_port(hop);
      if (!is_plain_address(address)) break;
      request.peer_address = address;
      if (!trusts(address)) break;
    }
    const auto schemes = members(request.headers, "X-Forwarded-Proto");
    if (!schemes.empty() && (schemes.back() == "http" || schemes.back() == "https")) request.scheme = schemes.back();
    const auto hosts = members(request.headers, "X-Forwarded-Host");
    if (!hosts.empty() && is_plain_host(hosts.back())) request.host = hosts.back();
  }
  for (const auto* name : {"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"}) request.headers.remove(name);
}

}  // namespace berth::net
