#include "identity/rest.h"

#include <charconv>

namespace berth::identity::rest {

http::Response created(std::string location, const json::object& object) {
  auto response = http::json_response(201, object);
  response.headers.set("Location", std::move(location));
  return response;
}

http::Response no_content() {
  return http::Response::of(204);
}

http::Response list(json::array items) {
  return http::json_response(200, json::object{{"items", std::move(items)}});
}

void set_version(http::Response& response, std::int64_t version) {
  response.headers.set("ETag", fmt::format("\"{}\"", version));
}

std::optional<std::int64_t> if_version(const http::Call& call) {
  auto tag = call.request.headers.find("If-Match");
  if (!tag || *tag == "*") return std::nullopt;
  if (tag->size() < 2 || !tag->starts_with('"') || !tag->ends_with('"')) return -1;
  return parse_id(tag->substr(1, tag->size() - 2)).value_or(-1);
}

Result<UserId> me(const http::Call& call) {
  if (const auto* user = std::get_if<access::UserSubject>(&call.subject.who)) return user->id;
  return fail(Fault::kDenied, "this is for people: a robot has nothing of its own");
}

Result<std::int64_t> parse_id(std::string_view text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (code == std::errc() && stop == end && value > 0 && text.front() != '0') return value;
  return fail(Fault::kNotFound, "there is no such thing here");
}

}  // namespace berth::identity::rest
