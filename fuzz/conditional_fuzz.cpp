#include "fuzz_support.h"
#include "http/conditional.h"
#include "tenancy/if_match.h"

using namespace berth;
using fuzz::require;

namespace {

constexpr std::string_view kTag = "\"sha256:0123\"";

void check_if_none_match(std::string_view field) {
  const bool matches = http::any_match(field, kTag);
  require(!matches || field == "*" || field.contains(kTag));
  require(http::any_match(std::string(kTag) + ", " + std::string(field), kTag));
  auto response = http::Response::text(200, "text/plain", "body");
  response.headers.set("ETag", std::string(kTag));
  http::apply_if_none_match(response, http::Method::kGet, field);
  require(response.status == (matches ? 304 : 200) && response.body.empty() == matches);
  auto put = http::Response::of(201);
  put.headers.set("ETag", std::string(kTag));
  http::apply_if_none_match(put, http::Method::kPut, field);
  require(put.status == 201);
}

void check_if_match(std::string_view field) {
  const tenancy::IfMatch condition{field};
  if (condition.check(7)) require(field.contains("\"7\"") || field.contains('*'));
  if (field.empty()) require(!condition.check(7));  // a list of nothing matches nothing
  require(tenancy::IfMatch(fmt::format("{},\"7\"", field)).check(7).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto field = fuzz::text_of(data, size);
  check_if_none_match(field);
  check_if_match(field);
  return 0;
}
