#pragma once

#include <random>

#include "state/snapshot_store.h"

namespace berth::state::testing {

/// Changes the tables behind a snapshot, each change with the touches that it owes: what the folders above do, in
/// short.
class Platform {
 public:
  Platform(db::Database& database, SnapshotStore& store, std::uint64_t seed)
      : database_(database),
        store_(store),
        engine_(seed) {}

  /// One transaction with a few changes by chance. Now and then it rolls back.
  void change_something();

 private:
  using Change = void (Platform::*)(db::Connection&);

  // Each of these adds, alters or removes one thing.
  void user(db::Connection& tx);
  void group(db::Connection& tx);
  void group_member(db::Connection& tx);
  void workspace(db::Connection& tx);
  void member(db::Connection& tx);
  void registry(db::Connection& tx);
  void space(db::Connection& tx);
  void binding(db::Connection& tx);
  void cluster(db::Connection& tx);
  void name_space(db::Connection& tx);
  void credential(db::Connection& tx);
  void robot(db::Connection& tx);
  void access_token(db::Connection& tx);
  void settings(db::Connection& tx);

  void mark(db::Connection& tx, Aggregate aggregate, std::optional<std::int64_t> id);
  /// A row's id by chance, or nothing when there is none (or, sometimes, all the same).
  std::optional<std::int64_t> any(db::Connection& tx, std::string_view table);
  std::optional<std::int64_t> column(db::Connection& tx, std::string_view table, std::string_view name,
                                     std::int64_t id);
  std::string fresh(std::string_view kind) { return fmt::format("{}-{}", kind, ++names_); }
  bool once_in(std::uint64_t n) { return engine_() % n == 0; }

  db::Database& database_;
  SnapshotStore& store_;
  std::mt19937_64 engine_;
  int names_ = 0;
};

}  // namespace berth::state::testing
