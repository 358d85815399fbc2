#include "integrity/routes.h"

#include <charconv>

#include "events/events.h"
#include "http/json_body.h"
#include "http/paging.h"
#include "http/surface.h"
#include "integrity/damage_report.h"

namespace berth::integrity {
namespace {

using http::Call;
using http::Method;
using http::Permission;
using http::Response;

constexpr std::int64_t kFastest = std::int64_t{1} << 40;

json::value to_json(std::optional<Time> time) {
  return time ? json::value(to_rfc3339(*time)) : json::value(nullptr);
}

json::object to_json(const ScrubStatus& status) {
  return {{"state", status.state},
          {"bytes_per_second", status.bytes_per_second},
          {"objects", status.objects},
          {"objects_total", status.objects_total},
          {"bytes", status.bytes},
          {"damaged", status.damaged},
          {"restored", status.restored},
          {"quarantined", status.quarantined},
          {"started_at", to_json(status.started_at)},
          {"ended_at", to_json(status.ended_at)}};
}

/// "shop/web:1.2", or "shop/web" where no tag has it.
json::array affected(const DamagedBlob& blob) {
  json::array images;
  for (const auto& [repository, tags] : blob.repositories) {
    if (tags.empty()) images.emplace_back(repository);
    for (const auto& tag : tags) images.emplace_back(fmt::format("{}:{}", repository, tag));
  }
  return images;
}

json::object to_json(const DamagedBlob& blob) {
  return {{"digest", blob.digest},
          {"size", blob.size},
          {"damage", blob.damage},
          {"found_at", to_rfc3339(blob.found_at)},
          {"affected", affected(blob)}};
}

void record(db::Database& database, const Call& call, std::string action) {
  static_cast<void>(database.write([&](db::Connection& tx) -> Result<void> {
    events::audit(tx, call.now, call.actor,
                  {.action = std::move(action),
                   .target_kind = "scrub",
                   .target_id = std::nullopt,
                   .target_name = "platform",
                   .workspace = std::nullopt,
                   .before = std::nullopt,
                   .after = std::nullopt});
    return {};
  }));
}

Response start(Scrubber& scrubber, db::Database& database, const Call& call) {
  http::Fields fields(call);
  const auto limit = fields.optional_int("bytes_per_second", 0, kFastest);
  if (const auto error = fields.error()) return http::answer(call, *error);
  const auto started = scrubber.start(limit.value_or(0));
  if (!started) return http::answer(call, started.error());
  record(database, call, "scrub.start");
  return http::json_response(202, to_json(*started));
}

Response stop(Scrubber& scrubber, db::Database& database, const Call& call) {
  const auto stopped = scrubber.stop();
  record(database, call, "scrub.stop");
  return http::json_response(200, to_json(stopped));
}

Response list_damaged(db::Database& database, const Call& call) {
  const auto page = http::Page::parse(call.request.query);
  if (!page) return http::answer(call, page.error());
  std::int64_t after = 0;
  if (page->after) {
    const auto& text = *page->after;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), after);
    if (code != std::errc() || end != text.data() + text.size())
      return http::answer(call, Error::invalid("the cursor is not one that this server gave"));
  }
  auto found = database.read([&](db::Connection& tx) { return read_damaged(tx, after, page->limit + 1); });
  const bool more = found.size() > page->limit;
  if (more) found.pop_back();
  json::array items;
  for (const auto& blob : found) items.push_back(to_json(blob));
  auto response = http::json_response(200, json::object{{"items", std::move(items)}});
  if (more) http::set_next_page(response, call.request, std::to_string(found.back().id));
  return response;
}

}  // namespace

http::Routes routes(Scrubber& scrubber, db::Database& database) {
  const auto administer = Permission::administer();
  const auto status = [&scrubber](Call&) { return http::json_response(200, to_json(scrubber.status())); };
  const auto begin = [&scrubber, &database](Call& call) { return start(scrubber, database, call); };
  const auto end = [&scrubber, &database](Call& call) { return stop(scrubber, database, call); };
  const auto damaged = [&database](Call& call) { return list_damaged(database, call); };
  return {
      {Method::kGet, "/api/v1/scrub", administer, http::Handler(status)},
      {Method::kPost, "/api/v1/scrub", administer, http::Handler(begin)},
      {Method::kDelete, "/api/v1/scrub", administer, http::Handler(end)},
      {Method::kGet, "/api/v1/damaged-blobs", administer, http::Handler(damaged)},
  };
}

}  // namespace berth::integrity
