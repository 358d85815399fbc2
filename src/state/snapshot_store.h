#pragma once

#include <memory>
#include <span>

#include "access/snapshot.h"
#include "db/database.h"
#include "state/aggregate.h"

namespace berth::state {

/// Holds the current snapshot. A change reads again only the aggregates that it touched and shares all else.
///
/// current() never waits for a database and may be called by any thread; a refresh runs on the thread whose commit
/// asked for it and is over before Database::write() returns there: what this process changed, its next request sees.
/// Replicas follow by notification and once a second.
class SnapshotStore {
 public:
  /// Loads everything. `database` must outlive the store. Throws db::Failure.
  explicit SnapshotStore(db::Database& database);
  ~SnapshotStore();
  SnapshotStore(const SnapshotStore&) = delete;
  SnapshotStore& operator=(const SnapshotStore&) = delete;

  /// Asks no database, except while a change that this process committed is not taken in yet: then it waits for that,
  /// or takes it in itself, and throws db::Failure when the database does not answer.
  [[nodiscard]] access::SnapshotPtr current() const;

  /// current(), or null where that would have to wait.
  [[nodiscard]] access::SnapshotPtr at_hand() const;

  /// Takes in all versions that the database has and this snapshot has not. One at a time; others wait. Throws
  /// db::Failure.
  void refresh();

  /// From now on takes in what other replicas change. Once; ends with the store.
  void follow();

 private:
  friend void touch(db::Connection&, SnapshotStore&, std::span<const Change>);
  struct Core;
  std::shared_ptr<Core> core_;  // shared with the database's listening thread and with hooks of open transactions
};

/// Notes in `tx` that rows changed, takes the version's lock (the order of all such changes), and refreshes `store`
/// after the commit. A binding touches its space and its workspace; a member the workspace and the user or group.
void touch(db::Connection& tx, SnapshotStore& store, std::span<const Change> changes);
inline void touch(db::Connection& tx, SnapshotStore& store, Aggregate aggregate, std::int64_t id) {
  const Change change{aggregate, id};
  touch(tx, store, std::span(&change, 1));
}

}  // namespace berth::state
