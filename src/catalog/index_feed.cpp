#include "catalog/index_feed.h"

#include <set>

#include "base/heap.h"
#include "base/json.h"
#include "base/log.h"

namespace berth::catalog {
namespace {

constexpr std::int64_t kEventsAtOnce = 1000;
constexpr Duration kOutOfOrder = std::chrono::seconds(10);

// Only what has a manifest is an image; the rest are repositories that a push has begun.
constexpr std::string_view kSelect =
    "SELECT r.id, r.space_id, s.name, r.name, r.updated_at, r.pull_count, r.size_bytes, r.tag_count "
    "FROM repositories r JOIN spaces s ON s.id = r.space_id WHERE r.manifest_count > 0";

template <class... Params>
std::vector<ImageRow> select(db::Connection& tx, std::string_view condition, const Params&... params) {
  using Int = std::int64_t;
  using Text = std::string;
  std::vector<ImageRow> rows;
  for (auto& [repository, space, space_name, name, updated, pulls, size, tags] :
       tx.query<Int, Int, Text, Text, Int, Int, Int, Int>(std::string(kSelect).append(condition), params...))
    rows.push_back(
        {RepositoryId(repository), SpaceId(space), space_name + "/" + name, from_millis(updated), pulls, size, tags});
  return rows;
}

std::int64_t newest_event(db::Connection& tx) {
  return std::get<0>(*tx.one<std::int64_t>("SELECT COALESCE(MAX(id), 0) FROM events"));
}

/// "shop/web" of an event's data; empty for events that are not about a repository.
std::string repository_of(const std::string& data) {
  const auto document = parse_json(data);
  return document ? std::string(find_string(*document, "repository").value_or("")) : std::string();
}

}  // namespace

IndexFeed::IndexFeed(db::Database& database, ImageIndex& index)
    : database_(database),
      index_(index),
      loader_([this] {
        try {
          const std::lock_guard one_at_a_time(catching_up_);
          load_once();
        } catch (const std::exception& error) {
          log::error("the image index was not filled; this is tried again", {{"reason", error.what()}});
        }
      }) {}

// Events come after the rows that they tell of: what commits while this reads is taken in by the next catch_up().
void IndexFeed::load_once() {
  if (loaded()) return;
  index_.load(database_.read([&](db::Connection& tx) {
    seen_ = newest_event(tx);
    return select(tx, "");
  }));
  loaded_ = true;
  heap::return_free_pages();  // what was read lay there twice: as rows, and as columns
}

Result<void> IndexFeed::catch_up() {
  if (!loaded()) return fail(Fault::kStarting, "the list of images is still being put together; ask again in a second");
  const std::lock_guard one_at_a_time(catching_up_);
  take_in_after(seen_);
  return {};
}

void IndexFeed::reread(Time now) {
  const std::lock_guard one_at_a_time(catching_up_);
  load_once();
  const auto settled = database_.read([&](db::Connection& tx) {
    return std::get<0>(
        *tx.one<std::int64_t>("SELECT COALESCE(MAX(id), 0) FROM events WHERE id <= :seen AND occurred_at < :before",
                              seen_, now - kOutOfOrder));
  });
  take_in_after(settled);
}

void IndexFeed::take_in_after(std::int64_t event) {
  while (true) {
    const auto events = database_.read([&](db::Connection& tx) {
      auto found = tx.query<std::int64_t, std::optional<std::int64_t>, std::string>(
          "SELECT id, space_id, data FROM events WHERE id > :after ORDER BY id LIMIT :limit", event, kEventsAtOnce);
      std::set<std::pair<std::int64_t, std::string>> repositories;
      for (const auto& [id, space, data] : found)
        if (auto name = repository_of(data); space && !name.empty()) repositories.emplace(*space, std::move(name));
      for (const auto& [space, name] : repositories) take_in(tx, SpaceId(space), name);
      return found;
    });
    if (events.empty()) return;
    event = std::get<0>(events.back());
    seen_ = std::max(seen_, event);
    if (std::ssize(events) < kEventsAtOnce) return;
  }
}

void IndexFeed::take_in(db::Connection& tx, SpaceId space, const std::string& name) {
  const auto rows = select(tx, " AND r.space_id = :space AND r.name = :name", space, name.substr(name.find('/') + 1));
  if (rows.empty())
    index_.remove(space, name);
  else
    index_.put(rows.front());
}

void IndexFeed::counted(const std::vector<RepositoryId>& repositories) {
  const std::lock_guard one_at_a_time(catching_up_);
  // A load to come will read them.
  if (!loaded() || repositories.empty()) return;
  database_.read([&](db::Connection& tx) {
    for (const auto id : repositories)
      for (const auto& row : select(tx, " AND r.id = :id", id)) index_.put(row);
    return true;
  });
}

}  // namespace berth::catalog
