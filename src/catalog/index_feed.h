#pragma once

#include <mutex>
#include <thread>

#include "base/error.h"
#include "catalog/image_index.h"
#include "db/database.h"

namespace berth::catalog {

/// Keeps the image index up with the database, by following the outbox: every change of content leaves an event there,
/// in its own transaction, whichever replica made it.
///
/// Lists call catch_up() before they read, so that what was pushed is listed at once. PostgreSQL may commit event 12
/// before event 11: the chore reread() goes over the last seconds once more. The index is filled in the background at
/// start, and again by reread() when that failed; until then lists are refused: what is not known yet is not empty.
/// Any thread.
class IndexFeed {
 public:
  /// Starts to fill `index` on a thread of its own; both must outlive the feed.
  IndexFeed(db::Database& database, ImageIndex& index);

  /// Takes in everything that was committed before the call. kStarting until the index is filled: at once, for who
  /// waited here would hold a thread that pulls need.
  [[nodiscard]] Result<void> catch_up();
  /// For every second or so: takes in events that became visible out of order.
  void reread(Time now);
  /// Pull counters changed: they leave no event.
  void counted(const std::vector<RepositoryId>& repositories);
  [[nodiscard]] bool loaded() const { return loaded_.load(); }

 private:
  void load_once();
  void take_in(db::Connection& tx, SpaceId space, const std::string& name);
  void take_in_after(std::int64_t event);

  db::Database& database_;
  ImageIndex& index_;
  std::mutex catching_up_;  // held while the index is filled, too
  std::int64_t seen_ = 0;   // the newest event taken in
  std::atomic<bool> loaded_ = false;
  std::jthread loader_;  // last: it uses all of the above
};

}  // namespace berth::catalog
