#pragma once

#include "db/session.h"

namespace berth::db {

/// The Connection that `work` sees: a session, what has gone wrong so far, and what is to run after the commit.
class Transaction final : public Connection {
 public:
  explicit Transaction(Session& session) : session_(session) {}

  [[nodiscard]] Dialect dialect() const override { return session_.dialect(); }
  std::int64_t run(std::string_view sql, std::span<const Param> params, std::span<const Column> columns,
                   const std::function<void()>& on_row) override;
  void after_commit(std::function<void()> hook) override { hooks_.push_back(std::move(hook)); }

  /// Throws std::logic_error when a statement has failed: PostgreSQL would answer COMMIT with a silent rollback.
  void require_sound() const;
  [[nodiscard]] std::vector<std::function<void()>> take_hooks() { return std::move(hooks_); }

 private:
  Session& session_;
  std::vector<std::function<void()>> hooks_;
  bool failed_ = false;
};

using Hooks = std::vector<std::function<void()>>;

/// Runs `work` in the transaction that the session has begun, then `commit`, or ROLLBACK when it returns false or
/// throws. Gives back the hooks that are now to run.
[[nodiscard]] Hooks run_transaction(Session& session, const std::function<bool(Connection&)>& work,
                                    const std::string& commit);
void run_hooks(const Hooks& hooks);

}  // namespace berth::db
