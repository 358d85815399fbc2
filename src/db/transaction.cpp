#include "db/transaction.h"

#include "base/log.h"

namespace berth::db {

std::int64_t Transaction::run(std::string_view sql, std::span<const Param> params, std::span<const Column> columns,
                              const std::function<void()>& on_row) {
  require_sound();
  try {
    return session_.run(sql, params, columns, on_row);
  } catch (...) {
    failed_ = true;
    throw;
  }
}

void Transaction::require_sound() const {
  if (failed_) throw std::logic_error("a statement of this transaction has failed: it can only roll back");
}

Hooks run_transaction(Session& session, const std::function<bool(Connection&)>& work, const std::string& commit) {
  Transaction transaction(session);
  try {
    if (!work(transaction)) {
      session.roll_back();
      return {};
    }
    transaction.require_sound();
    session.command(commit);
  } catch (...) {
    session.roll_back();
    throw;
  }
  return transaction.take_hooks();
}

void run_hooks(const Hooks& hooks) {
  for (const auto& hook : hooks) {
    try {
      hook();
    } catch (const std::exception& error) {
      log::error("a hook after a commit failed", {{"error", error.what()}});
    }
  }
}

}  // namespace berth::db
