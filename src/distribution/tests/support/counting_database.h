#pragma once

#include <atomic>
#include <functional>

#include "db/tests/support/forwarding_database.h"

namespace berth::distribution::testing {

/// A database that counts the statements which go through it, and lets a test step in between a read and whoever asked.
/// Any thread.
class CountingDatabase final : public db::testing::ForwardingDatabase {
 public:
  using ForwardingDatabase::ForwardingDatabase;

  [[nodiscard]] std::int64_t statements() const { return statements_; }
  /// Once, after the next read's transaction and before its caller has the rows.
  void after_next_read(std::function<void()> step) { step_ = std::move(step); }

 protected:
  void run_write(const std::function<bool(db::Connection&)>& work) override {
    ForwardingDatabase::run_write([&](db::Connection& tx) {
      Counted counted(tx, statements_);
      return work(counted);
    });
  }
  void run_read(const std::function<void(db::Connection&)>& work) override {
    ForwardingDatabase::run_read([&](db::Connection& tx) {
      Counted counted(tx, statements_);
      work(counted);
    });
    if (const auto step = std::exchange(step_, nullptr)) step();
  }

 private:
  class Counted final : public db::testing::ForwardingConnection {
   public:
    Counted(db::Connection& real, std::atomic<std::int64_t>& statements)
        : ForwardingConnection(real),
          statements_(statements) {}
    std::int64_t run(std::string_view sql, std::span<const db::Param> params, std::span<const db::Column> columns,
                     const std::function<void()>& on_row) override {
      ++statements_;
      return ForwardingConnection::run(sql, params, columns, on_row);
    }

   private:
    std::atomic<std::int64_t>& statements_;
  };

  std::atomic<std::int64_t> statements_ = 0;
  std::function<void()> step_;
};

}  // namespace berth::distribution::testing
