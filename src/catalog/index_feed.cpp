#include "catalog/index_feed.h"

#include "base/log.h"

namespace berth::catalog {
namespace {

// Only what has a manifest is an image; the rest are repositories that a push has begun.
constexpr std::string_view kSelect =
    "SELECT r.id, r.space_id, s.name, r.name, r.updated_at, r.pull_count, r.size_bytes, r.tag_count "
    "FROM repositories r JOIN spaces s ON s.id = r.space_id WHERE r.manifest_count > 0 AND ";

std::vector<ImageRow> select(db::Database& database, const std::string& condition, std::int64_t id) {
  return database.read([&](db::Connection& tx) {
    std::vector<ImageRow> rows;
    for (auto& [repository, space, space_name, name, updated, pulls, size, tags] :
         tx.query<std::int64_t, std::int64_t, std::string, std::string, std::int64_t, std::int64_t, std::int64_t,
                  std::int64_t>(std::string(kSelect) + condition, id))
      rows.push_back(
          {RepositoryId(repository), SpaceId(space), space_name + "/" + name, from_millis(updated), pulls, size, tags});
    return rows;
  });
}

}  // namespace

IndexFeed::IndexFeed(db::Database& database, ImageIndex& index)
    : database_(database),
      index_(index),
      loader_([this] { load(); }) {}

// What is touched while the load reads is taken in afterwards: touched_ keeps it until somebody catches up.
void IndexFeed::load() {
  try {
    index_.load(select(database_, "r.id > :after", 0));
  } catch (const std::exception& error) {
    log::error("the image index was not filled", {{"reason", error.what()}});
    failure_ = std::current_exception();
  }
  loaded_ = true;
  loaded_.notify_all();
}

void IndexFeed::wait_until_loaded() {
  loaded_.wait(false);
  if (failure_) std::rethrow_exception(failure_);
}

void IndexFeed::touched(RepositoryId repository) {
  const std::lock_guard lock(touched_mutex_);
  touched_.insert(repository.value());
}

void IndexFeed::catch_up() {
  if (!loaded()) return;
  const std::lock_guard one_at_a_time(catching_up_);
  std::unordered_set<std::int64_t> taken;
  {
    const std::lock_guard lock(touched_mutex_);
    taken.swap(touched_);
  }
  if (taken.empty()) return;
  try {
    take_in({taken.begin(), taken.end()});
  } catch (...) {
    const std::lock_guard lock(touched_mutex_);
    touched_.merge(taken);
    throw;
  }
}

void IndexFeed::take_in(const std::vector<std::int64_t>& repositories) {
  for (const auto id : repositories) {
    const auto rows = select(database_, "r.id = :id", id);
    if (rows.empty())
      index_.remove(RepositoryId(id));
    else
      index_.put(rows.front());
  }
}

}  // namespace berth::catalog
