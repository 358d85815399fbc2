#include "db/postgres_database.h"
#include "db/sqlite_database.h"

namespace berth::db {

std::unique_ptr<Database> open(const Settings& settings) {
  constexpr std::string_view kFile = "file:";
  const std::string_view url = settings.url;
  const auto connections = std::max<std::size_t>(settings.connections, 1);
  if (url.starts_with(kFile))
    return std::make_unique<SqliteDatabase>(std::string(url.substr(kFile.size())), connections, settings.old_schema);
  if (url.starts_with("postgres://") || url.starts_with("postgresql://"))
    return std::make_unique<PostgresDatabase>(settings.url, connections, settings.old_schema);
  throw Failure("the database is neither file:<path> nor postgres://…", false);
}

}  // namespace berth::db
