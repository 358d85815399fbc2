#pragma once

#include <set>

#include "base/json.h"
#include "db/database.h"
#include "state/snapshot_store.h"
#include "tenancy/asking.h"

namespace berth::tenancy {

/// What everything here works on. Both outlive whoever holds this.
struct Context {
  db::Database& database;
  state::SnapshotStore& snapshots;
};

/// How a change is called in the audit log ("space.update") and in events ("dev.berth.space.updated").
struct Verb {
  std::string_view action;
  std::string_view past;
};
inline constexpr Verb kCreate{"create", "created"};
inline constexpr Verb kUpdate{"update", "updated"};
inline constexpr Verb kDelete{"delete", "deleted"};
inline constexpr Verb kClaim{"claim", "claimed"};
inline constexpr Verb kUnclaim{"unclaim", "unclaimed"};
inline constexpr Verb kBind{"bind", "bound"};
inline constexpr Verb kRelease{"release", "released"};

/// One change, for people and for machines. `before` and `after` are JSON objects without secrets, or null.
struct Change {
  std::string_view kind;
  Verb verb;
  std::optional<std::int64_t> id;
  std::string name;
  std::optional<WorkspaceId> workspace;  // whose administrators may read it
  std::optional<SpaceId> space;
  json::value before;
  json::value after;
};

/// The book-keeping of one transaction: which aggregates it touched, the audit rows, the events. It lives as long as
/// the transaction, on its thread.
class Changes {
 public:
  Changes(db::Connection& tx, state::SnapshotStore& snapshots, const Asking& asking)
      : tx_(tx),
        snapshots_(snapshots),
        asking_(asking) {}

  /// The first touch takes the lock that orders all such changes: what is read after it stays true until the commit.
  void touch(UserId id) { touch(state::Aggregate::kUser, id.value()); }
  void touch(GroupId id) { touch(state::Aggregate::kGroup, id.value()); }
  void touch(WorkspaceId id) { touch(state::Aggregate::kWorkspace, id.value()); }
  void touch(RegistryId id) { touch(state::Aggregate::kRegistry, id.value()); }
  void touch(SpaceId id) { touch(state::Aggregate::kSpace, id.value()); }
  void touch(NamespaceId id) { touch(state::Aggregate::kNamespace, id.value()); }
  void touch_settings() { touch(state::Aggregate::kSettings, 0); }
  template <class Tag>
  void touch(const std::optional<Id<Tag>>& id) {
    if (id) touch(*id);
  }

  /// Audit row and event, in this transaction.
  void record(const Change& change);

  /// Notes the touches after the first, all at once. write() calls it before the commit.
  void flush();

 private:
  void touch(state::Aggregate aggregate, std::int64_t id);

  db::Connection& tx_;
  state::SnapshotStore& snapshots_;
  const Asking& asking_;
  std::set<std::pair<state::Aggregate, std::int64_t>> touched_;
  std::vector<state::Change> pending_;
};

/// A unique key or a foreign key refused a change: kConflict, `taken` being what the unique key means to people.
[[nodiscard]] Error key_taken(std::string_view taken);
[[nodiscard]] Error overtaken();

/// Runs `work(tx, changes)` in a transaction that commits when it returns a value.
template <class Work>
auto write(const Context& context, const Asking& asking, std::string_view taken, Work&& work)
    -> std::invoke_result_t<Work&, db::Connection&, Changes&> {
  try {
    return context.database.write([&](db::Connection& tx) {
      Changes changes(tx, context.snapshots, asking);
      auto result = work(tx, changes);
      if (result) changes.flush();
      return result;
    });
  } catch (const db::UniqueViolation&) {
    return fail(key_taken(taken));
  } catch (const db::ForeignKeyViolation&) {
    return fail(overtaken());
  }
}

}  // namespace berth::tenancy
