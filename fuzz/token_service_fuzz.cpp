#include "base/encoding.h"
#include "base/json.h"
#include "fuzz/platform.h"
#include "fuzz_support.h"
#include "identity/scope.h"

using namespace berth;
using fuzz::require;

namespace {

fuzz::Platform& platform() {
  static fuzz::Platform world;
  return world;
}

/// A token that was given is good here, and says no more than was asked for.
void check_token(std::string_view body) {
  const auto answer = parse_json(body).value();
  const auto token = find_string(answer, "token").value();
  require(find_string(answer, "access_token") == token && find_int(answer, "expires_in").value() >= 60);
  const auto claims = platform().identity().registry_tokens.verify(token, "registry.example", platform().now());
  require(claims.has_value());
  const auto& scope = (*claims)->subject.scope.value();
  require(identity::to_scope_text(scope) == find_string(answer, "scope"));
  for (const auto& grant : scope.repositories) {
    // Of the platform's spaces everybody may pull from one; its administrator came with no credentials here.
    require(grant.repository.space().text() == "apps" && grant.verbs.pull);
    require((!grant.verbs.push && !grant.verbs.remove) || !(*claims)->subject.anonymous());
  }
  if (const auto refresh = find_string(answer, "refresh_token"))
    require(platform().identity().refresh_tokens.open(*refresh, platform().now()).has_value());
}

}  // namespace

/// The first byte: by GET or by POST. A line for the Authorization field; the rest is the query, or the form.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Parts parts(fuzz::text_of(data, size));
  http::Request request;
  request.method = parts.choose(2) == 0 ? http::Method::kGet : http::Method::kPost;
  request.path = "/service/token";
  if (const auto field = parts.line(); !field.empty()) request.headers.add("Authorization", std::string(field));
  const bool form = request.method == http::Method::kPost;
  if (form) request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  auto query = form ? Result<http::Query>(http::Query()) : http::Query::parse(parts.rest());
  if (!query) return 0;  // net/ has refused it
  request.query = std::move(*query);
  const auto response = platform().send(std::move(request), form ? std::string(parts.rest()) : std::string());
  require(response.status < 500);
  if (response.status == 200) check_token(std::get<std::string>(response.body.front()));
  if (response.status == 401) require(response.headers.find("WWW-Authenticate").value_or("").starts_with("Basic "));
  return 0;
}
