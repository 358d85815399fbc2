#include "state/snapshot_store.h"

#include <atomic>
#include <mutex>
#include <set>

#include "base/log.h"
#include "state/draft.h"
#include "state/rows.h"

namespace berth::state {
namespace {

constexpr std::string_view kChannel = "berth_state";
// A replica that is further behind loads everything; so does one with more changes to read than loading is worth.
constexpr std::int64_t kVersionsKept = 10'000;
constexpr std::int64_t kPruneEvery = 256;
constexpr std::size_t kMaxChanges = 5'000;

std::int64_t read_version(db::Connection& tx) {
  const auto row = tx.one<std::int64_t>("SELECT version FROM state_version WHERE id = 1");
  if (!row) throw db::Failure("state_version has no row", false);
  return std::get<0>(*row);
}

/// What was touched after `version`; nullopt when the record no longer reaches back that far, or is not worth
/// following.
std::optional<std::set<Change>> read_changes(db::Connection& tx, std::int64_t version) {
  const auto oldest = tx.one<std::optional<std::int64_t>>("SELECT MIN(version) FROM state_changes");
  if (!oldest || std::get<0>(*oldest).value_or(version + 2) > version + 1) return std::nullopt;
  std::set<Change> changes;
  for (const auto& [aggregate, id] : tx.query<std::string, std::int64_t>(
           "SELECT DISTINCT aggregate, aggregate_id FROM state_changes WHERE version > :version", version)) {
    const auto known = parse_aggregate(aggregate);
    if (!known) return std::nullopt;
    changes.insert({*known, id});
  }
  if (changes.size() > kMaxChanges) return std::nullopt;
  return changes;
}

void put_all(Draft& draft, auto rows) {
  for (auto& row : rows) draft.put(std::move(row));
}

void drop(Draft& draft, const Change& change) {
  switch (change.aggregate) {
    case Aggregate::kUser:
      return draft.drop(UserId(change.id));
    case Aggregate::kGroup:
      return draft.drop(GroupId(change.id));
    case Aggregate::kWorkspace:
      return draft.drop(WorkspaceId(change.id));
    case Aggregate::kRegistry:
      return draft.drop(RegistryId(change.id));
    case Aggregate::kSpace:
      return draft.drop(SpaceId(change.id));
    case Aggregate::kNamespace:
      return draft.drop(NamespaceId(change.id));
    case Aggregate::kRobot:
      return draft.drop(RobotId(change.id));
    case Aggregate::kAccessToken:
      return draft.drop(AccessTokenId(change.id));
    case Aggregate::kSettings:
      return;
  }
}

void read_again(Draft& draft, db::Connection& tx, const Change& change) {
  switch (change.aggregate) {
    case Aggregate::kUser:
      return put_all(draft, read_users(tx, UserId(change.id)));
    case Aggregate::kGroup:
      return put_all(draft, read_groups(tx, GroupId(change.id)));
    case Aggregate::kWorkspace:
      return put_all(draft, read_workspaces(tx, WorkspaceId(change.id)));
    case Aggregate::kRegistry:
      return put_all(draft, read_registries(tx, RegistryId(change.id)));
    case Aggregate::kSpace:
      return put_all(draft, read_spaces(tx, SpaceId(change.id)));
    case Aggregate::kNamespace:
      return put_all(draft, read_namespaces(tx, NamespaceId(change.id)));
    case Aggregate::kRobot:
      return put_all(draft, read_robots(tx, RobotId(change.id)));
    case Aggregate::kAccessToken:
      return put_all(draft, read_access_tokens(tx, AccessTokenId(change.id)));
    case Aggregate::kSettings:
      return draft.set_anonymous_pull(read_anonymous_pull(tx));
  }
}

access::SnapshotPtr load_everything(db::Connection& tx) {
  Draft draft{access::Snapshot{}};
  put_all(draft, read_users(tx, std::nullopt));
  put_all(draft, read_groups(tx, std::nullopt));
  put_all(draft, read_workspaces(tx, std::nullopt));
  put_all(draft, read_registries(tx, std::nullopt));
  put_all(draft, read_spaces(tx, std::nullopt));
  put_all(draft, read_namespaces(tx, std::nullopt));
  put_all(draft, read_robots(tx, std::nullopt));
  put_all(draft, read_access_tokens(tx, std::nullopt));
  draft.set_anonymous_pull(read_anonymous_pull(tx));
  return std::move(draft).finish(read_version(tx));
}

/// The snapshot of what the database has now: `base` itself when nothing changed.
access::SnapshotPtr catch_up(db::Connection& tx, const access::SnapshotPtr& base) {
  const auto version = read_version(tx);
  if (version == base->version) return base;
  const auto changes = read_changes(tx, base->version);
  if (!changes || version < base->version) return load_everything(tx);
  Draft draft(*base);
  for (const auto& change : *changes) drop(draft, change);
  for (const auto& change : *changes) read_again(draft, tx, change);
  return std::move(draft).finish(version);
}

/// The pointer that requests read. A mutex rather than std::atomic<std::shared_ptr>: libstdc++ 12's load() gives its
/// own lock back with relaxed order, so that the next store() races with the read (ThreadSanitizer finds it).
class Newest {
 public:
  explicit Newest(access::SnapshotPtr first) : snapshot_(std::move(first)) {}

  [[nodiscard]] access::SnapshotPtr load() const {
    const std::lock_guard lock(mutex_);
    return snapshot_;
  }
  void store(access::SnapshotPtr next) {
    const std::lock_guard lock(mutex_);
    snapshot_.swap(next);
    // `next`, now the former one, may be the last to hold many rows: it goes after the lock.
  }

 private:
  mutable std::mutex mutex_;
  access::SnapshotPtr snapshot_;
};

}  // namespace

struct SnapshotStore::Core {
  explicit Core(db::Database& opened) : database(opened), newest(opened.read(load_everything)) {}

  void refresh() {
    const std::lock_guard lock(refreshing);
    const auto base = newest.load();
    newest.store(database.read([&](db::Connection& tx) { return catch_up(tx, base); }));
  }

  /// This process has committed `version`. Several touches of one transaction: the first refresh takes in all of them.
  void take_in(std::int64_t version) {
    for (auto last = committed.load(); last < version && !committed.compare_exchange_weak(last, version);) {
    }
    if (newest.load()->version < version) refresh();
  }

  db::Database& database;
  std::mutex refreshing;
  Newest newest;
  std::atomic<std::int64_t> committed = 0;  // the newest version that is our own
};

SnapshotStore::SnapshotStore(db::Database& database) : core_(std::make_shared<Core>(database)) {}
SnapshotStore::~SnapshotStore() = default;

access::SnapshotPtr SnapshotStore::at_hand() const {
  auto snapshot = core_->newest.load();
  // Never decides on what this process itself knows to be over: what was revoked stays revoked when a refresh failed.
  return snapshot->version >= core_->committed ? snapshot : nullptr;
}

access::SnapshotPtr SnapshotStore::current() const {
  if (auto snapshot = at_hand()) return snapshot;
  core_->refresh();
  return core_->newest.load();
}

void SnapshotStore::refresh() {
  core_->refresh();
}

void SnapshotStore::follow() {
  core_->database.listen(std::string(kChannel), [weak = std::weak_ptr(core_)] {
    const auto core = weak.lock();
    if (!core) return;
    try {
      core->refresh();
    } catch (const db::Failure& failure) {
      log::warning("changes of other replicas cannot be read; trying again", {{"error", failure.what()}});
    }
  });
}

void touch(db::Connection& tx, SnapshotStore& store, std::span<const Change> changes) {
  if (changes.empty()) return;
  // A replica must not decide by a change that a crash of the database takes back: its version would be used again.
  tx.durable_before_visible();
  const auto row =
      tx.one<std::int64_t>("UPDATE state_version SET version = version + 1 WHERE id = 1 RETURNING version");
  const auto version = std::get<0>(row.value());
  for (const auto& [aggregate, id] : std::set(changes.begin(), changes.end()))
    tx.execute("INSERT INTO state_changes (version, aggregate, aggregate_id) VALUES (:version, :aggregate, :id)",
               version, to_text(aggregate), id);
  if (version % kPruneEvery == 0)
    tx.execute("DELETE FROM state_changes WHERE version <= :version", version - kVersionsKept);
  tx.notify(kChannel);
  tx.after_commit([core = store.core_, version] { core->take_in(version); });
}

}  // namespace berth::state
