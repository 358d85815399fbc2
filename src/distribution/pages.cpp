#include "distribution/pages.h"

#include "base/encoding.h"

namespace berth::distribution {

Result<Page> parse_page(const http::Query& query) {
  Page page{.limit = kMaxPage, .last = std::string(query.find("last").value_or(""))};
  const auto text = query.find("n");
  if (!text) return page;
  if (text->empty() || !std::ranges::all_of(*text, [](char c) { return c >= '0' && c <= '9'; }))
    return fail(Fault::kInvalid, "n is a number");
  // Digits beyond the fourth only say "more than a page".
  const auto digits = text->substr(std::min(text->find_first_not_of('0'), text->size()));
  page.limit = digits.empty() ? 0 : digits.size() > 4 ? kMaxPage : std::stoul(std::string(digits));
  page.limit = std::min(page.limit, kMaxPage);
  return page;
}

void link_next_page(http::Response& response, std::string_view path, const http::Query& query, std::size_t limit,
                    std::string_view last) {
  std::string next(path);
  char separator = '?';
  const auto add = [&](std::string_view key, std::string_view value) {
    next += fmt::format("{}{}={}", separator, percent_encode(key), percent_encode(value));
    separator = '&';
  };
  for (const auto& [key, value] : query.pairs())
    if (key != "n" && key != "last") add(key, value);
  add("n", std::to_string(limit));
  add("last", last);
  response.headers.set("Link", fmt::format("<{}>; rel=\"next\"", next));
}

}  // namespace berth::distribution
