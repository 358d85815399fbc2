#include "db/sqlite_database.h"

#include "db/migrations.h"
#include "db/transaction.h"

namespace berth::db {
namespace {

using namespace std::chrono_literals;

constexpr auto kWriterPatience = 30s;
constexpr auto kReaderPatience = 5s;

}  // namespace

SqliteDatabase::SqliteDatabase(const std::string& path, std::size_t readers)
    : writer_(1, kWriterPatience, [path] { return connect_sqlite(path, SqliteRole::kWriter); }),
      readers_(readers, kReaderPatience, [path] { return connect_sqlite(path, SqliteRole::kReader); }) {
  migrate(*writer_.take(), embedded_migrations());
}

void SqliteDatabase::check_health() {
  run_read([](Connection& connection) { connection.one<std::int64_t>("SELECT COUNT(*) FROM schema_migrations"); });
}

void SqliteDatabase::run_write(const std::function<bool(Connection&)>& work) {
  if (writing_ == std::this_thread::get_id()) throw std::logic_error("write() inside write()");
  Hooks hooks;
  {
    auto session = writer_.take();
    writing_ = std::this_thread::get_id();
    const std::unique_ptr<void, std::function<void(void*)>> done(this, [this](void*) { writing_ = std::thread::id(); });
    session->command("BEGIN IMMEDIATE");
    hooks = run_transaction(*session, work);
  }
  run_hooks(hooks);
}

void SqliteDatabase::run_read(const std::function<void(Connection&)>& work) {
  Hooks hooks;
  {
    auto session = readers_.take();
    session->command("BEGIN DEFERRED");
    hooks = run_transaction(*session, [&](Connection& connection) {
      work(connection);
      return true;
    });
  }
  run_hooks(hooks);
}

}  // namespace berth::db
