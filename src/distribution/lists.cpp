#include "distribution/lists.h"

#include "base/json.h"
#include "distribution/catalog_page.h"
#include "distribution/pages.h"
#include "distribution/repositories.h"

namespace berth::distribution {
namespace {

struct Names {
  std::vector<std::string> all;
  bool more = false;
};

std::optional<Names> tag_names(db::Connection& tx, const Place& place, const Page& page) {
  const auto repository = find_repository(tx, place.space, place.name.path());
  if (!repository) return std::nullopt;
  Names names;
  if (page.limit == 0) return names;
  const auto limit = static_cast<std::int64_t>(page.limit);
  for (auto& [name] : tx.query<std::string>(
           "SELECT name FROM tags WHERE repository_id = :repository AND name > :last ORDER BY name LIMIT :limit",
           repository->id, page.last, limit + 1))
    names.all.push_back(std::move(name));
  names.more = names.all.size() > page.limit;
  if (names.more) names.all.pop_back();
  return names;
}

http::Response page_of(json::object body, std::string_view key, const Names& names, std::string_view path,
                       const http::Query& query, std::size_t limit) {
  json::array list;  // never null, also when it is empty
  for (const auto& name : names.all) list.emplace_back(name);
  body[key] = std::move(list);
  auto response = http::Response::text(200, "application/json", json::serialize(body));
  if (names.more) link_next_page(response, path, query, limit, names.all.back());
  return response;
}

}  // namespace

http::Response list_tags(db::Database& database, const http::Call& call) {
  const auto caller = Caller::of(call);
  const auto place = place_of(call);
  if (!place) return refusal(caller, place.error());
  const auto page = parse_page(call.request.query);
  if (!page) return refusal(caller, page.error());
  const auto names = database.read([&](db::Connection& tx) { return tag_names(tx, *place, *page); });
  if (!names) return refusal(caller, Error::of(Fault::kNameUnknown, "the repository is not known"));
  return page_of({{"name", place->name.text()}}, "tags", *names, fmt::format("/v2/{}/tags/list", place->name.text()),
                 call.request.query, page->limit);
}

http::Response list_repositories(db::Database& database, const http::Call& call) {
  const auto caller = Caller::of(call);
  const auto page = parse_page(call.request.query);
  if (!page) return refusal(caller, page.error());
  auto all = database.read([&](db::Connection& tx) { return catalog_page(tx, caller, page->last, page->limit + 1); });
  Names names{.all = std::move(all), .more = false};
  names.more = page->limit > 0 && names.all.size() > page->limit;
  names.all.resize(std::min(names.all.size(), page->limit));
  return page_of({}, "repositories", names, "/v2/_catalog", call.request.query, page->limit);
}

}  // namespace berth::distribution
