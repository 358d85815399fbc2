#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "access/snapshot.h"
#include "db/database.h"

namespace berth::state {

/// The rows of the database that make one row of the snapshot. Whoever changes any of them in a transaction calls
/// touch() in the same transaction.
enum class Aggregate {
  kUser,       // users, group_members, members of the user
  kGroup,      // groups, members of the group
  kWorkspace,  // workspaces, its bindings, registries scoped to it, namespaces bound to it
  kRegistry,   // registries, its list of spaces
  kSpace,      // spaces, its bindings
  kNamespace,  // namespaces, namespace_credentials
  kRobot,
  kAccessToken,
  kSettings,   // anonymous_pull; the id is 0
};

/// Notes in `tx` that a row changed, takes the version's lock (the order of all such changes), and refreshes `store`
/// after the commit. A binding touches its space and its workspace; a member the workspace and the user or group.
class SnapshotStore;
void touch(db::Connection& tx, SnapshotStore& store, Aggregate aggregate, std::int64_t id);

/// Holds the current snapshot. A change reads again only the aggregates that it touched and shares all else.
///
/// current() is wait-free and may be called by any thread; a refresh runs on the thread whose commit asked for it and
/// is over before Database::write() returns there: what this process changed, its next request sees. Replicas follow by
/// notification and once a second.
class SnapshotStore {
 public:
  /// Loads everything. `database` must outlive the store.
  explicit SnapshotStore(db::Database& database);

  [[nodiscard]] access::SnapshotPtr current() const { return current_.load(); }

  /// Takes in all versions that the database has and this snapshot has not.
  void refresh();

 private:
  void load_everything();

  db::Database& database_;
  std::mutex refreshing_;
  std::atomic<access::SnapshotPtr> current_;
};

}  // namespace berth::state
