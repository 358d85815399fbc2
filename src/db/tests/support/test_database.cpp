#include "db/tests/support/test_database.h"

#include <filesystem>
#include <stdexcept>

#include "db/tests/support/postgres_server.h"

namespace berth::db::testing {

TestDatabase::TestDatabase(Dialect dialect, Schema schema) : dialect_(dialect) {
  if (dialect == Dialect::kSqlite) {
    auto pattern = (std::filesystem::temp_directory_path() / "berth-sqlite-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    directory_ = pattern;
    url_ = "file:" + directory_ + "/berth.db";
  } else {
    url_ = PostgresServer::instance().create_database(schema == Schema::kNewest);
  }
  if (schema == Schema::kNewest) database_ = db::open({.url = url_, .connections = 4});
}

TestDatabase::~TestDatabase() {
  database_.reset();
  if (dialect_ == Dialect::kSqlite)
    std::filesystem::remove_all(directory_);
  else
    PostgresServer::instance().drop_database(url_);
}

}  // namespace berth::db::testing
