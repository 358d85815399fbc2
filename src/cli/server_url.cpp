#include "cli/server_url.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"

namespace berth::cli {
namespace {

bool is_host(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == ':' ||
           c == '[' || c == ']';
  };
  return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, fits);
}

std::string_view name_of(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

}  // namespace

Outcome<std::string> normal_url(std::string_view text) {
  auto lower = to_lower(text);
  while (lower.ends_with('/')) lower.pop_back();
  std::string scheme = "https";
  if (const auto end = lower.find("://"); end != std::string::npos) {
    scheme = lower.substr(0, end);
    lower = lower.substr(end + 3);
  }
  if ((scheme != "http" && scheme != "https") || !is_host(lower))
    return fail(kUsage,
                fmt::format("'{}' is no server's address: write https://registry.example.com, without a path", text));
  const std::string_view standard = scheme == "http" ? ":80" : ":443";
  if (lower.ends_with(standard) && name_of(lower).size() + standard.size() == lower.size())
    lower.resize(lower.size() - standard.size());
  return scheme + "://" + lower;
}

std::string_view host_of(std::string_view url) {
  return url.substr(std::min(url.find("://") + 3, url.size()));
}

bool readable_on_the_way(std::string_view url) {
  const auto name = name_of(host_of(url));
  return url.starts_with("http://") && name != "localhost" && name != "[::1]" && !name.starts_with("127.");
}

}  // namespace berth::cli
