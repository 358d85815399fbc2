#include "db/tests/support/test_database.h"

#include <filesystem>

#include "db/tests/support/postgres_server.h"
#include "db/tests/support/scratch_directory.h"

namespace berth::db::testing {

TestDatabase::TestDatabase(Dialect dialect, Schema schema) : dialect_(dialect) {
  if (dialect == Dialect::kSqlite) {
    directory_ = make_scratch_directory();
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
