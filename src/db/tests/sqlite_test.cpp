#include <sys/stat.h>

#include "db/tests/settings_fixture.h"

namespace berth::db {
namespace {

class SqliteTest : public ::testing::Test {
 protected:
  testing::TestDatabase database_{Dialect::kSqlite};
};

TEST_F(SqliteTest, the_files_are_for_their_owner_only) {
  put(*database_, "color", "blue");
  const auto path = database_.url().substr(5);
  for (const auto& file : {path, path + "-wal", path + "-shm"}) {
    struct stat status = {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0) << file;
    EXPECT_EQ(status.st_mode & 0777, 0600U) << file;
  }
}

TEST_F(SqliteTest, commits_are_synced_and_foreign_keys_watched) {
  const auto value_of = [&](const char* pragma) {
    std::optional<std::int64_t> value;
    (void)database_->write([&](Connection& tx) -> Result<void> {
      value = std::get<0>(tx.one<std::int64_t>(pragma).value());
      return {};
    });
    return value;
  };
  EXPECT_EQ(value_of("PRAGMA synchronous"), 2);
  EXPECT_EQ(value_of("PRAGMA foreign_keys"), 1);
}

TEST_F(SqliteTest, a_full_disk_is_a_failure_and_room_is_the_cure) {
  (void)database_->write([](Connection& tx) -> Result<void> {
    tx.query<std::int64_t>("PRAGMA max_page_count = 150");
    return {};
  });
  const auto failure = failure_of([&] { put(*database_, "large", std::string(4U << 20, 'x')); });
  EXPECT_TRUE(failure.unavailable());
  (void)database_->write([](Connection& tx) -> Result<void> {
    tx.query<std::int64_t>("PRAGMA max_page_count = 1000000");
    return {};
  });
  put(*database_, "large", std::string(4U << 20, 'x'));
  EXPECT_EQ(get(*database_, "large").value().size(), 4U << 20);
}

TEST_F(SqliteTest, a_write_inside_a_write_is_refused_rather_than_stuck) {
  EXPECT_THROW((void)database_->write([&](Connection&) -> Result<void> {
    put(*database_, "color", "blue");
    return {};
  }),
               std::logic_error);
}

TEST_F(SqliteTest, a_directory_that_is_not_there_is_a_failure) {
  failure_of([] { return open({.url = "file:/nowhere/at/all/berth.db"}); });
}

TEST_F(SqliteTest, an_address_of_neither_kind_is_a_failure) {
  const auto failure = failure_of([] { return open({.url = "mysql://localhost/berth"}); });
  EXPECT_FALSE(failure.unavailable());
}

TEST_F(SqliteTest, a_path_may_hold_spaces) {
  const auto url = database_.url() + " with = and  spaces";
  put(*open({.url = url}), "color", "blue");
  EXPECT_EQ(get(*open({.url = url}), "color"), "blue");
}

}  // namespace
}  // namespace berth::db
