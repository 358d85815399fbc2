#pragma once

#include "base/encoding.h"
#include "http/json_body.h"
#include "http/surface.h"
#include "tenancy/asking.h"
#include "tenancy/if_match.h"
#include "tenancy/page.h"

/// What every route file here needs: a handler is a type with
///     static Result<Input> parse(const http::Call&);                 path, query and JSON → Input
///     Result<Output> handle(const Asking&, const Input&) const;      nothing about HTTP
///     static http::Response render(const http::Call&, const Output&)
namespace berth::tenancy {

template <class Route>
http::Handler serve(Route route) {
  return [route](http::Call& call) -> http::Response {
    const auto input = Route::parse(call);
    if (!input) return http::answer(call, input.error());
    const auto output = route.handle(Asking::of(call), *input);
    if (!output) return http::answer(call, output.error());
    return Route::render(call, *output);
  };
}

/// For handlers without input, and without output.
struct Nothing {};

[[nodiscard]] inline Result<Nothing> nothing(const Result<void>& done) {
  if (!done) return fail(done.error());
  return Nothing{};
}

/// What the handlers of one thing by its name or id share: which one, and what version the caller has seen.
template <class Key, class Patch = Nothing>
struct OfOne {
  Key key;
  IfMatch if_match = {};
  Patch patch = {};
};
[[nodiscard]] IfMatch if_match_of(const http::Call& call);

/// A path parameter that is an id: digits without sign or leading zero. kNotFound for anything else.
template <class IdType>
Result<IdType> path_id(const http::Call& call, std::string_view name) {
  const auto& text = call.param(name);
  const bool digits = !text.empty() && text.size() < 19 && text.front() != '0' &&
                      std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return fail(Fault::kNotFound, "there is nothing with this id");
  return IdType(std::stoll(text));
}

/// The field stands there and is null: a PATCH takes the value away. Fields count null as absent.
[[nodiscard]] bool is_null(const http::Call& call, std::string_view key);

[[nodiscard]] http::Response shown(const json::object& object, std::string etag = {}, int status = 200);
/// 201; `path` is where the object can be read.
[[nodiscard]] http::Response created(std::string path, const json::object& object, std::string etag = {});
[[nodiscard]] http::Response no_content();

/// {"items": […]}, and Link to the next page.
template <class Row>
http::Response listed(const http::Call& call, const Slice<Row>& slice) {
  json::array items;
  for (const auto& row : slice.items) items.push_back(to_json(row));
  auto response = http::json_response(200, json::object{{"items", std::move(items)}});
  if (slice.next) http::set_next_page(response, call.request, *slice.next);
  return response;
}

}  // namespace berth::tenancy
