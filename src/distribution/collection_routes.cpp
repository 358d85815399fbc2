#include "distribution/collection_routes.h"

#include <charconv>

#include "distribution/collection_preview.h"
#include "http/json_body.h"
#include "http/paging.h"
#include "http/surface.h"

namespace berth::distribution {
namespace {

using http::Call;
using http::Response;

std::optional<std::int64_t> parse_id(std::string_view text) {
  std::int64_t value = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || stop != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

json::value time_or_null(const std::optional<Time>& time) {
  if (!time) return nullptr;
  return json::value(to_rfc3339(*time));
}

json::object to_json(const jobs::Run& run) {
  auto progress = parse_json(run.progress);
  return {{"id", run.id},
          {"state", jobs::name_of(run.state)},
          {"requested_by", run.requested_by},
          {"progress", progress ? std::move(*progress) : json::object()},
          {"error", run.error},
          {"created_at", to_rfc3339(run.created_at)},
          {"started_at", time_or_null(run.started_at)},
          {"finished_at", time_or_null(run.finished_at)}};
}

json::object seconds_of(const CollectionSettings& settings) {
  const auto seconds = [](Duration span) { return std::chrono::duration_cast<std::chrono::seconds>(span).count(); };
  return {{"push_time_seconds", seconds(settings.unreferenced)},
          {"delay_seconds", seconds(settings.deleted)},
          {"grace_seconds", seconds(settings.grace)}};
}

json::object state_of(db::Connection& tx, const Collector& collector, Time now) {
  json::array topics;
  std::int64_t due = 0;
  std::int64_t queued = 0;
  for (const auto topic : kTopics) {
    const auto depth = jobs::depth(tx, topic, now - collector.delay(topic));
    topics.push_back(json::object{{"topic", topic}, {"due", depth.due}, {"queued", depth.all}});
    due += depth.due;
    queued += depth.all;
  }
  const auto newest = jobs::list_runs(tx, kCollection, std::nullopt, 1);
  return {{"paused", jobs::paused(tx, kCollection)},
          {"due", due},
          {"queued", queued},
          {"topics", std::move(topics)},
          {"last_run", newest.empty() ? json::value(nullptr) : json::value(to_json(newest.front()))},
          {"settings", seconds_of(collector.settings())}};
}

void audit(db::Connection& tx, const Call& call, std::string action) {
  events::audit(tx, call.now, call.actor,
                {.action = std::move(action),
                 .target_kind = "collection",
                 .target_id = std::nullopt,
                 .target_name = "collection",
                 .workspace = std::nullopt,
                 .before = std::nullopt,
                 .after = std::nullopt});
}

Response show(db::Database& database, const Collector& collector, const Call& call) {
  return http::json_response(200, database.read([&](db::Connection& tx) { return state_of(tx, collector, call.now); }));
}

Response change(db::Database& database, const Collector& collector, const Call& call) {
  http::Fields fields(call);
  const auto pause = fields.optional_bool("paused");
  if (auto error = fields.error()) return http::answer(call, *error);
  if (pause)
    static_cast<void>(database.write([&](db::Connection& tx) -> Result<void> {
      const bool changed =
          *pause ? jobs::pause(tx, kCollection, call.actor.name, call.now) : jobs::resume(tx, kCollection);
      if (changed) audit(tx, call, *pause ? "collection.pause" : "collection.resume");
      return {};
    }));
  return show(database, collector, call);
}

Response preview(db::Database& database, const Call& call) {
  const auto found = database.read([&](db::Connection& tx) { return preview_collection(tx, call.now); });
  return http::json_response(200, json::object{{"manifests", found.manifests},
                                               {"links", found.links},
                                               {"logical_bytes", found.logical_bytes},
                                               {"blobs", found.blobs},
                                               {"bytes", found.bytes},
                                               {"complete", found.complete}});
}

/// The collector looks once a second for a run that was asked for.
Response begin_run(db::Database& database, const Call& call) {
  const auto run = database.write([&](db::Connection& tx) -> Result<jobs::Run> {
    audit(tx, call, "collection.run");
    return jobs::request_run(tx, kCollection, call.actor.name, call.now);
  });
  auto response = http::json_response(202, to_json(*run));
  response.headers.set("Location", fmt::format("/api/v1/collection/runs/{}", run->id));
  return response;
}

Response list(db::Database& database, const Call& call) {
  const auto page = http::Page::parse(call.request.query);
  if (!page) return http::answer(call, page.error());
  const auto before = page->after ? parse_id(*page->after) : std::nullopt;
  if (page->after && !before) return http::answer(call, Error::invalid("the cursor is not one that this server gave"));
  auto runs =
      database.read([&](db::Connection& tx) { return jobs::list_runs(tx, kCollection, before, page->limit + 1); });
  const bool more = runs.size() > page->limit;
  if (more) runs.resize(page->limit);
  json::array items;
  for (const auto& run : runs) items.push_back(to_json(run));
  auto response = http::json_response(200, json::object{{"items", std::move(items)}});
  if (more) http::set_next_page(response, call.request, std::to_string(runs.back().id));
  return response;
}

std::optional<jobs::Run> find(db::Connection& tx, const Call& call) {
  const auto id = parse_id(call.param("run"));
  return id ? jobs::find_run(tx, kCollection, *id) : std::nullopt;
}

Response show_run(db::Database& database, const Call& call) {
  const auto run = database.read([&](db::Connection& tx) { return find(tx, call); });
  if (!run) return http::answer(call, Error::not_found("there is no such run"));
  return http::json_response(200, to_json(*run));
}

Response show_log(db::Database& database, const Call& call) {
  const auto page = http::Page::parse(call.request.query);
  if (!page) return http::answer(call, page.error());
  const auto after = page->after ? parse_id(*page->after) : std::optional<std::int64_t>(0);
  if (!after) return http::answer(call, Error::invalid("the cursor is not one that this server gave"));
  using Lines = std::optional<std::vector<jobs::LogLine>>;
  auto lines = database.read([&](db::Connection& tx) -> Lines {
    const auto run = find(tx, call);
    if (!run) return std::nullopt;
    return jobs::read_log(tx, run->id, *after, page->limit + 1);
  });
  if (!lines) return http::answer(call, Error::not_found("there is no such run"));
  const bool more = lines->size() > page->limit;
  if (more) lines->resize(page->limit);
  json::array items;
  for (const auto& line : *lines) items.push_back(json::object{{"at", to_rfc3339(line.at)}, {"message", line.message}});
  auto response = http::json_response(200, json::object{{"items", std::move(items)}});
  if (more) http::set_next_page(response, call.request, std::to_string(lines->back().id));
  return response;
}

}  // namespace

http::Routes collection_routes(db::Database& database, Collector& collector) {
  using enum http::Method;
  using http::Handler;
  using http::Permission;
  return {
      {kGet, "/api/v1/collection", Permission::audit(),
       Handler([&database, &collector](Call& call) { return show(database, collector, call); })},
      {kPatch, "/api/v1/collection", Permission::administer(),
       Handler([&database, &collector](Call& call) { return change(database, collector, call); })},
      {kGet, "/api/v1/collection/preview", Permission::audit(),
       Handler([&database](Call& call) { return preview(database, call); })},
      {kGet, "/api/v1/collection/runs", Permission::audit(),
       Handler([&database](Call& call) { return list(database, call); })},
      {kPost, "/api/v1/collection/runs", Permission::administer(),
       Handler([&database](Call& call) { return begin_run(database, call); })},
      {kGet, "/api/v1/collection/runs/{run}", Permission::audit(),
       Handler([&database](Call& call) { return show_run(database, call); })},
      {kGet, "/api/v1/collection/runs/{run}/log", Permission::audit(),
       Handler([&database](Call& call) { return show_log(database, call); })},
  };
}

}  // namespace berth::distribution
