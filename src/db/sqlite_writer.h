#pragma once

#include <atomic>
#include <thread>

#include "db/session_pool.h"
#include "db/transaction.h"

namespace berth::db {

/// The one connection that writes to a SQLite file; turns go round in order of arrival.
///
/// Who has done its part while others wait leaves the transaction open for the next, each part in a savepoint of its
/// own, and waits for the commit of the last: one sync for all of them. A part that fails takes back itself alone; a
/// commit that fails is a failure of every part in it.
class SqliteWriter {
 public:
  explicit SqliteWriter(SessionPool::Connect connect);
  ~SqliteWriter();

  /// As Database::run_write(). Any thread, but not from inside `work`.
  void run(const std::function<bool(Connection&)>& work);

  /// How many wait for their turn.
  [[nodiscard]] std::size_t waiting() const { return turn_.waiting(); }

 private:
  struct Batch;
  struct Part;

  /// The batch that is open, or a new one. The caller has the turn.
  [[nodiscard]] std::shared_ptr<Batch> join(Session& session);
  void leave_or_commit(SessionPool::Lease& session);

  SessionPool turn_;
  std::shared_ptr<Batch> batch_;  // who has the turn has this
  std::atomic<std::thread::id> writing_;
};

}  // namespace berth::db
