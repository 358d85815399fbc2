#include "http/cross_site.h"

#include "base/encoding.h"

namespace berth::http {
namespace {

bool may_change(Method method) {
  return method != Method::kGet && method != Method::kHead && method != Method::kOptions;
}

/// The authority of "https://registry.example.com:8443/…", or nothing: "null" is an origin, too. Schemes are not
/// compared: a proxy that ends TLS may not say so.
std::string_view authority_of(std::string_view url) {
  const auto at = url.find("://");
  if (at == std::string_view::npos) return {};
  const auto rest = url.substr(at + 3);
  return rest.substr(0, std::min(rest.find('/'), rest.size()));
}

bool is_ours(std::string_view origin, const Request& request, std::string_view public_url) {
  const auto theirs = authority_of(origin);
  return !theirs.empty() &&
         (equal_ignoring_case(theirs, request.host) || equal_ignoring_case(theirs, authority_of(public_url)));
}

}  // namespace

bool is_forged(const Request& request, std::string_view public_url) {
  if (!may_change(request.method)) return false;
  if (const auto site = request.headers.find("Sec-Fetch-Site")) return *site != "same-origin" && *site != "none";
  const auto origin = request.headers.find("Origin");
  return origin && !is_ours(*origin, request, public_url);
}

}  // namespace berth::http
