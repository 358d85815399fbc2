#include "http/common_headers.h"

namespace berth::http {
namespace {

void set_default(Headers& headers, std::string_view name, std::string_view value) {
  if (!headers.find(name)) headers.add(name, value);
}

}  // namespace

void add_common_headers(Response& response, Surface surface, std::string_view path, std::string_view request_id) {
  auto& headers = response.headers;
  headers.set("X-Request-Id", request_id);
  // Also where anybody who may push says what the bytes are: none of them ever becomes a page of this server.
  set_default(headers, "X-Content-Type-Options", "nosniff");
  if (surface == Surface::kRegistry) {
    // Optional in the specification; old docker clients look for it (registry.md 1.2, end-1).
    headers.set("Docker-Distribution-Api-Version", "registry/2.0");
    return;
  }
  set_default(headers, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  set_default(headers, "Referrer-Policy", "same-origin");
  if (surface == Surface::kTokenService || path.starts_with("/api/")) set_default(headers, "Cache-Control", "no-store");
}

}  // namespace berth::http
