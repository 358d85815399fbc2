#pragma once

#include "db/database.h"

namespace berth::db::testing {

/// Passes everything on to another connection, which outlives it.
class ForwardingConnection : public Connection {
 public:
  explicit ForwardingConnection(Connection& real) : real_(real) {}

  [[nodiscard]] Dialect dialect() const override { return real_.dialect(); }
  std::int64_t run(std::string_view sql, std::span<const Param> params, std::span<const Column> columns,
                   const std::function<void()>& on_row) override {
    return real_.run(sql, params, columns, on_row);
  }
  void after_commit(std::function<void()> hook) override { real_.after_commit(std::move(hook)); }

 private:
  Connection& real_;
};

/// Passes everything on to another database, which outlives it. A test's own database derives from it and overrides
/// what it is about.
class ForwardingDatabase : public Database {
 public:
  explicit ForwardingDatabase(Database& real) : real_(real) {}

  [[nodiscard]] Dialect dialect() const override { return real_.dialect(); }
  void check_health() override { real_.check_health(); }
  void listen(std::string channel, std::function<void()> wake) override {
    real_.listen(std::move(channel), std::move(wake));
  }
  void follow(std::string channel, std::shared_ptr<Follower> follower) override {
    real_.follow(std::move(channel), std::move(follower));
  }

 protected:
  void run_write(const std::function<bool(Connection&)>& work) override;
  void run_read(const std::function<void(Connection&)>& work) override;

 private:
  Database& real_;
};

}  // namespace berth::db::testing
