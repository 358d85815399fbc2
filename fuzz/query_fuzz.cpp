#include "base/encoding.h"
#include "catalog/image_list.h"
#include "distribution/pages.h"
#include "fuzz_support.h"
#include "http/paging.h"
#include "http/text.h"

using namespace berth;
using fuzz::require;

namespace {

std::string written(const http::Query& query) {
  std::string text;
  for (const auto& [key, value] : query.pairs())
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", percent_encode(key), percent_encode(value));
  return text;
}

/// The query of <path?query>; rel="next".
http::Query next_of(const http::Response& response) {
  const auto link = std::string(response.headers.find("Link").value());
  require(link.starts_with('<') && link.ends_with(">; rel=\"next\"") && link.find('>') == link.size() - 13);
  const auto target = link.substr(1, link.size() - 14);
  return http::Query::parse(target.substr(target.find('?') + 1)).value();
}

void check_api_page(const http::Query& query) {
  const auto page = http::Page::parse(query);
  if (!page) return;
  require(page->limit >= 1 && page->limit <= http::Page::kMaxLimit);
  if (!page->after) return;
  // Whatever key a list goes on behind, the next request finds it again.
  http::Response response;
  http::Request request;
  request.path = "/api/v1/images";
  request.query = query;
  http::set_next_page(response, request, *page->after);
  const auto next = http::Page::parse(next_of(response));
  require(next && next->after == page->after && next->limit == page->limit);
  if (const auto position = catalog::parse_position(*page->after))
    require(catalog::parse_position(catalog::to_text(*position)).has_value());
}

void check_registry_page(const http::Query& query) {
  const auto page = distribution::parse_page(query);
  if (!page) return;
  require(page->limit <= distribution::kMaxPage);
  http::Response response;
  distribution::link_next_page(response, "/v2/_catalog", query, page->limit, page->last);
  const auto next = distribution::parse_page(next_of(response));
  require(next && next->last == page->last && next->limit == page->limit);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto query = http::Query::parse(fuzz::text_of(data, size));
  if (!query) return 0;
  require(query->pairs().size() <= 1000);
  for (const auto& [key, value] : query->pairs()) require(http::is_utf8(key) && http::is_utf8(value));
  const auto again = http::Query::parse(written(*query));
  require(again && again->pairs() == query->pairs());
  check_api_page(*query);
  check_registry_page(*query);
  return 0;
}
