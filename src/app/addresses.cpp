#include "app/addresses.h"

#include <fmt/format.h>

#include <charconv>

namespace berth::app {

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto bad = [&] {
    return fail(Fault::kInvalid,
                fmt::format("{}: a listening address is written as 127.0.0.1:5080 or [::1]:5080", text));
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  ListenAddress address;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (digits.empty() || code != std::errc() || end != digits.data() + digits.size()) return bad();
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.contains(':'))
    return bad();
  address.host = host.empty() ? "::" : std::string(host);
  return address;
}

std::string to_url(std::string_view scheme, const ListenAddress& address) {
  const bool any = address.host == "0.0.0.0" || address.host == "::";
  const auto host = any                          ? std::string("localhost")
                    : address.host.contains(':') ? "[" + address.host + "]"
                                                 : address.host;
  return fmt::format("{}://{}:{}", scheme, host, address.port);
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto comma = text.find(',');
    auto part = text.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) out.emplace_back(part);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return out;
}

}  // namespace berth::app
