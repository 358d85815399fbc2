#include "db/tests/support/faulty_database.h"

namespace berth::db::testing {

class FaultyDatabase::BreakingConnection final : public ForwardingConnection {
 public:
  BreakingConnection(FaultyDatabase& owner, Connection& real) : ForwardingConnection(real), owner_(owner) {}

  std::int64_t run(std::string_view sql, std::span<const Param> params, std::span<const Column> columns,
                   const std::function<void()>& on_row) override {
    owner_.step(sql);
    return ForwardingConnection::run(sql, params, columns, on_row);
  }
  void after_commit(std::function<void()> hook) override { hooks_.push_back(std::move(hook)); }

  std::vector<std::function<void()>> take_hooks() { return std::move(hooks_); }

 private:
  FaultyDatabase& owner_;
  std::vector<std::function<void()>> hooks_;
};

void FaultyDatabase::fail_step(std::size_t n) {
  heal();
  fail_at_ = n;
}

void FaultyDatabase::fail_from(std::size_t n) {
  fail_step(n);
  stays_failed_ = true;
}

void FaultyDatabase::heal() {
  steps_ = 0;
  fail_at_ = SIZE_MAX;
  stays_failed_ = has_failed_ = false;
}

void FaultyDatabase::step(std::string_view what) {
  const auto n = steps_++;
  if (n < fail_at_ || (n > fail_at_ && !stays_failed_)) return;
  has_failed_ = true;
  throw Failure(fmt::format("the connection was lost at: {}", what), true);
}

void FaultyDatabase::run_write(const std::function<bool(Connection&)>& work) {
  step("BEGIN");
  bool committed = false;
  std::vector<std::function<void()>> hooks;
  ForwardingDatabase::run_write([&](Connection& real) {
    BreakingConnection connection(*this, real);
    committed = work(connection);
    if (committed) step("COMMIT");
    hooks = connection.take_hooks();
    return committed;
  });
  if (!committed) return;
  step("the answer to COMMIT");
  for (const auto& hook : hooks) hook();
}

void FaultyDatabase::run_read(const std::function<void(Connection&)>& work) {
  step("BEGIN");
  ForwardingDatabase::run_read([&](Connection& real) {
    BreakingConnection connection(*this, real);
    work(connection);
  });
}

}  // namespace berth::db::testing
