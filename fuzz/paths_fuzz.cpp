#include "fuzz_support.h"
#include "http/router.h"
#include "http/text.h"

using namespace berth;
using fuzz::require;

namespace {

const http::Router& router() {
  using http::Method;
  static const http::Handler kNothing = [](http::Call&) { return http::Response::of(200); };
  constexpr auto kOpen = http::Permission::open();
  static const http::Routes routes = {
      {Method::kGet, "/v2/", kOpen, kNothing},
      {Method::kGet, "/v2/_catalog", kOpen, kNothing},
      {Method::kGet, "/v2/{name+}/manifests/{reference}", kOpen, kNothing},
      {Method::kPut, "/v2/{name+}/manifests/{reference}", kOpen, kNothing},
      {Method::kGet, "/v2/{name+}/blobs/{digest}", kOpen, kNothing},
      {Method::kPost, "/v2/{name+}/blobs/uploads/", kOpen, kNothing},
      {Method::kPatch, "/v2/{name+}/blobs/uploads/{upload}", kOpen, kNothing},
      {Method::kGet, "/v2/{name+}/tags/list", kOpen, kNothing},
      {Method::kGet, "/api/v1/users/{user}", kOpen, kNothing},
      {Method::kGet, "/api/v1/registries/{registry}/spaces/{space}/repositories/{repository+}", kOpen, kNothing},
  };
  static const http::Router built(routes);
  return built;
}

void check(const http::Router::Match& match) {
  for (const auto& [name, value] : match.parameters) {
    const bool several = name == "name" || name == "repository";
    require(!value.empty() && http::is_clean_text(value) && (several || !value.contains('/')));
    const auto framed = "/" + value + "/";
    require(!framed.contains("//") && !framed.contains("/../") && !framed.contains("/./"));
  }
}

}  // namespace

/// The first byte is the method, the rest the path as it is received.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Parts parts(fuzz::text_of(data, size));
  constexpr http::Method kMethods[] = {http::Method::kGet, http::Method::kPut, http::Method::kPost,
                                       http::Method::kPatch, http::Method::kDelete};
  const auto method = kMethods[parts.choose(std::size(kMethods))];
  const auto found = router().match(method, parts.rest());
  if (!found) return 0;
  if (const auto* match = std::get_if<http::Router::Match>(&*found)) check(*match);
  if (const auto* other = std::get_if<http::Router::OtherMethods>(&*found)) {
    require(!other->allow.empty());
    require(router().allow(parts.rest(), method) == other->allow);
  }
  return 0;
}
