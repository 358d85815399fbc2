#pragma once

#include <atomic>

#include "db/tests/support/forwarding_database.h"

namespace berth::db::testing {

/// A database whose connection breaks at the n-th step: the begin of a transaction, each statement, the moment before
/// the commit, and the moment after it, when the change stands but nobody was told (and no hook ran). Each break is a
/// Failure that says unavailable, as a lost connection does. Any thread may call.
class FaultyDatabase final : public ForwardingDatabase {
 public:
  /// Outlives this.
  explicit FaultyDatabase(Database& real) : ForwardingDatabase(real) {}

  /// Steps from now on are counted from 0; the n-th breaks, once.
  void fail_step(std::size_t n);
  /// As fail_step, and so do all that follow, until heal().
  void fail_from(std::size_t n);
  void heal();
  [[nodiscard]] bool has_failed() const { return has_failed_; }
  /// Steps since the last fail_step(), fail_from() or heal().
  [[nodiscard]] std::size_t steps() const { return steps_; }

  void check_health() override { step("health"); }

 private:
  class BreakingConnection;

  void step(std::string_view what);
  void run_write(const std::function<bool(Connection&)>& work) override;
  void run_read(const std::function<void(Connection&)>& work) override;

  std::atomic<std::size_t> steps_ = 0;
  std::atomic<std::size_t> fail_at_ = SIZE_MAX;
  std::atomic<bool> stays_failed_ = false;
  std::atomic<bool> has_failed_ = false;
};

}  // namespace berth::db::testing
