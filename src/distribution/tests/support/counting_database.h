#pragma once

#include <atomic>
#include <functional>

#include "db/database.h"

namespace berth::distribution::testing {

/// A database that counts the statements which go through it, and lets a test step in between a read and whoever asked.
/// Any thread.
class CountingDatabase final : public db::Database {
 public:
  explicit CountingDatabase(db::Database& inner) : inner_(inner) {}

  [[nodiscard]] std::int64_t statements() const { return statements_; }
  /// Once, after the next read's transaction and before its caller has the rows.
  void after_next_read(std::function<void()> step) { step_ = std::move(step); }

  [[nodiscard]] db::Dialect dialect() const override { return inner_.dialect(); }
  void check_health() override { inner_.check_health(); }
  void listen(std::string channel, std::function<void()> wake) override {
    inner_.listen(std::move(channel), std::move(wake));
  }
  void follow(std::string channel, std::shared_ptr<db::Follower> follower) override {
    inner_.follow(std::move(channel), std::move(follower));
  }

 protected:
  void run_write(const std::function<bool(db::Connection&)>& work) override {
    static_cast<void>(inner_.write([&](db::Connection& tx) -> Result<void> {
      Counted counted(tx, statements_);
      if (work(counted)) return {};
      return fail(Error::conflict("rolled back", {}));
    }));
  }
  void run_read(const std::function<void(db::Connection&)>& work) override {
    inner_.read([&](db::Connection& tx) {
      Counted counted(tx, statements_);
      work(counted);
      return true;
    });
    if (const auto step = std::exchange(step_, nullptr)) step();
  }

 private:
  class Counted final : public db::Connection {
   public:
    Counted(db::Connection& inner, std::atomic<std::int64_t>& statements) : inner_(inner), statements_(statements) {}
    [[nodiscard]] db::Dialect dialect() const override { return inner_.dialect(); }
    std::int64_t run(std::string_view sql, std::span<const db::Param> params, std::span<const db::Column> columns,
                     const std::function<void()>& on_row) override {
      ++statements_;
      return inner_.run(sql, params, columns, on_row);
    }
    void after_commit(std::function<void()> hook) override { inner_.after_commit(std::move(hook)); }

   private:
    db::Connection& inner_;
    std::atomic<std::int64_t>& statements_;
  };

  db::Database& inner_;
  std::atomic<std::int64_t> statements_ = 0;
  std::function<void()> step_;
};

}  // namespace berth::distribution::testing
