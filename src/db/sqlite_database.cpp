#include "db/sqlite_database.h"

#include <filesystem>

#include "db/migrations.h"
#include "db/transaction.h"

namespace berth::db {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 5s;

}  // namespace

SqliteDatabase::SqliteDatabase(const std::string& path, std::size_t readers, OldSchema old_schema)
    : writer_([path] { return connect_sqlite(path, SqliteRole::kWriter); }),
      readers_(readers, kPatience, [path] { return connect_sqlite(path, SqliteRole::kReader); }) {
  if (old_schema == OldSchema::kMigrate) {
    migrate(*connect_sqlite(path, SqliteRole::kWriter), embedded_migrations());
    return;
  }
  // SQLite would make the file.
  if (!std::filesystem::exists(path)) throw Failure(fmt::format("there is no database at {}", path), false);
  require_newest(*connect_sqlite(path, SqliteRole::kReader), embedded_migrations());
}

void SqliteDatabase::check_health() {
  run_read([](Connection& connection) { connection.one<std::int64_t>("SELECT COUNT(*) FROM schema_migrations"); });
}

void SqliteDatabase::run_write(const std::function<bool(Connection&)>& work) {
  writer_.run(work);
}

void SqliteDatabase::run_read(const std::function<void(Connection&)>& work) {
  Hooks hooks;
  {
    auto session = readers_.take();
    session->command("BEGIN DEFERRED");
    const auto read = [&](Connection& connection) {
      work(connection);
      return true;
    };
    hooks = run_transaction(*session, read, "COMMIT");
  }
  run_hooks(hooks);
}

}  // namespace berth::db
