#include "http/paging.h"

#include <charconv>

#include "base/encoding.h"
#include "http/text.h"

namespace berth::http {
namespace {

Result<std::size_t> parse_limit(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !std::ranges::all_of(text, is_digit))
    return fail(Fault::kInvalid, fmt::format("limit must be a number from 1 to {}", Page::kMaxLimit));
  std::size_t value = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc()) return Page::kMaxLimit;  // more digits than a number has
  return std::clamp<std::size_t>(value, 1, Page::kMaxLimit);
}

}  // namespace

Result<Page> Page::parse(const Query& query) {
  Page page;
  if (const auto text = query.find("limit")) {
    const auto limit = parse_limit(*text);
    if (!limit) return fail(limit.error());
    page.limit = *limit;
  }
  if (const auto text = query.find("cursor")) {
    page.after = from_base64url(*text);
    if (!page.after || page.after->empty() || !is_utf8(*page.after))
      return fail(Fault::kInvalid, "the cursor is not one that this server gave");
  }
  return page;
}

void set_next_page(Response& response, const Request& request, std::string_view after) {
  std::string target = request.path + "?";
  for (const auto& [key, value] : request.query.pairs())
    if (key != "cursor") target += fmt::format("{}={}&", percent_encode(key), percent_encode(value));
  response.headers.add("Link", fmt::format(R"(<{}cursor={}>; rel="next")", target, to_base64url(after)));
}

}  // namespace berth::http
