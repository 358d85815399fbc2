#include "tenancy/serve.h"

namespace berth::tenancy {

IfMatch if_match_of(const http::Call& call) {
  return IfMatch(call.request.headers.find("If-Match"));
}

bool is_null(const http::Call& call, std::string_view key) {
  const auto body = parse_json(call.body);
  const auto* value = body ? find(*body, key) : nullptr;
  return value && value->is_null();
}

http::Response shown(const json::object& object, std::string etag, int status) {
  auto response = http::json_response(status, object);
  if (!etag.empty()) response.headers.set("ETag", std::move(etag));
  return response;
}

http::Response created(std::string path, const json::object& object, std::string etag) {
  auto response = shown(object, std::move(etag), 201);
  response.headers.set("Location", std::move(path));
  return response;
}

http::Response no_content() {
  return http::Response::of(204);
}

}  // namespace berth::tenancy
