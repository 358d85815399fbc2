#pragma once

#include "db/session_pool.h"
#include "db/sqlite_writer.h"

namespace berth::db {

/// SQLite: one writing connection, and readers beside it, each on the snapshot of the file that it began with.
class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(const std::string& path, std::size_t readers, OldSchema old_schema);

  [[nodiscard]] Dialect dialect() const override { return Dialect::kSqlite; }
  void check_health() override;
  void listen(std::string, std::function<void()>) override {}
  void follow(std::string, std::shared_ptr<Follower>) override {}

 private:
  void run_write(const std::function<bool(Connection&)>& work) override;
  void run_read(const std::function<void(Connection&)>& work) override;

  SqliteWriter writer_;
  SessionPool readers_;
};

}  // namespace berth::db
