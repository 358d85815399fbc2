#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "db/database.h"

/// For the tests of every folder that keeps something in the database: link berth_db_test_support.
///
///   class TagsTest : public db::testing::OnBothDatabases {};
///   INSTANTIATE_TEST_SUITE_P(, TagsTest, db::testing::both(), db::testing::name);
///   TEST_P(TagsTest, a_tag_moves) { database().write([&](db::Connection& tx) -> Result<void> { … }); }
namespace berth::db::testing {

enum class Schema : bool { kNone, kNewest };

/// An empty database of its own, with the schema applied and open; gone with the object.
class TestDatabase {
 public:
  explicit TestDatabase(Dialect dialect, Schema schema = Schema::kNewest);
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  [[nodiscard]] Database& operator*() const { return *database_; }
  [[nodiscard]] Database* operator->() const { return database_.get(); }
  /// For Settings::url: a second replica, or the same one after a restart.
  [[nodiscard]] const std::string& url() const { return url_; }
  /// Ends the connections; operator* must not be used afterwards.
  void close() { database_.reset(); }

 private:
  const Dialect dialect_;
  std::string directory_;
  std::string url_;
  std::unique_ptr<Database> database_;
};

/// A fixture with a database; each test runs once on SQLite and once on PostgreSQL.
class OnBothDatabases : public ::testing::TestWithParam<Dialect> {
 protected:
  [[nodiscard]] Database& database() { return *test_database_; }
  [[nodiscard]] TestDatabase& test_database() { return test_database_; }

 private:
  TestDatabase test_database_{GetParam()};
};

[[nodiscard]] inline auto both() {
  return ::testing::Values(Dialect::kSqlite, Dialect::kPostgres);
}
[[nodiscard]] inline std::string name_of(Dialect dialect) {
  return dialect == Dialect::kSqlite ? "sqlite" : "postgres";
}
[[nodiscard]] inline std::string name(const ::testing::TestParamInfo<Dialect>& info) {
  return name_of(info.param);
}

}  // namespace berth::db::testing
