#include "db/tests/support/faulty_database.h"

#include "base/error.h"

namespace berth::db::testing {

class FaultyDatabase::BreakingConnection final : public Connection {
 public:
  BreakingConnection(FaultyDatabase& owner, Connection& real) : owner_(owner), real_(real) {}

  [[nodiscard]] Dialect dialect() const override { return real_.dialect(); }
  std::int64_t run(std::string_view sql, std::span<const Param> params, std::span<const Column> columns,
                   const std::function<void()>& on_row) override {
    owner_.step(sql);
    return real_.run(sql, params, columns, on_row);
  }
  void after_commit(std::function<void()> hook) override { hooks_.push_back(std::move(hook)); }

  std::vector<std::function<void()>> take_hooks() { return std::move(hooks_); }

 private:
  FaultyDatabase& owner_;
  Connection& real_;
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
  std::vector<std::function<void()>> hooks;
  const auto committed = real_.write([&](Connection& real) -> Result<void> {
    BreakingConnection connection(*this, real);
    if (!work(connection)) return fail(Fault::kInvalid, "rolled back");
    step("COMMIT");
    hooks = connection.take_hooks();
    return {};
  });
  if (!committed) return;
  step("the answer to COMMIT");
  for (const auto& hook : hooks) hook();
}

void FaultyDatabase::run_read(const std::function<void(Connection&)>& work) {
  step("BEGIN");
  real_.read([&](Connection& real) {
    BreakingConnection connection(*this, real);
    work(connection);
    return true;
  });
}

}  // namespace berth::db::testing
