#pragma once

#include <mutex>
#include <thread>
#include <unordered_set>

#include "catalog/image_index.h"
#include "db/database.h"

namespace berth::catalog {

/// Keeps the image index up with the database.
///
/// Whoever changes a repository calls touched() after the commit; lists call catch_up() before they read, so that what
/// was pushed is listed at once. The index is filled in the background at start: until then lists answer from what is
/// there, and loaded() says no. Any thread.
class IndexFeed {
 public:
  /// Starts to fill `index` on a thread of its own; both must outlive the feed.
  IndexFeed(db::Database& database, ImageIndex& index);

  /// The repository's row changed, or is gone. Cheap: it is noted, not read.
  void touched(RepositoryId repository);
  /// Takes in everything that was touched before the call.
  void catch_up();
  /// Waits until the first load is over; throws what ended it.
  void wait_until_loaded();
  [[nodiscard]] bool loaded() const { return loaded_.load(); }

 private:
  void load();
  void take_in(const std::vector<std::int64_t>& repositories);

  db::Database& database_;
  ImageIndex& index_;
  std::mutex touched_mutex_;
  std::unordered_set<std::int64_t> touched_;
  std::mutex catching_up_;
  std::atomic<bool> loaded_ = false;
  std::exception_ptr failure_;
  std::jthread loader_;  // last: it uses all of the above
};

}  // namespace berth::catalog
