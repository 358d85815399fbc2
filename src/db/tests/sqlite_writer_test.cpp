#include "db/sqlite_writer.h"

#include "db/tests/settings_fixture.h"

namespace berth::db {
namespace {

// The first part of every batch here holds its turn until the second waits for its own.
class SqliteWriterTest : public ::testing::Test {
 protected:
  static bool insert(Connection& tx, const std::string& name) {
    return tx.execute("INSERT INTO settings (name, value) VALUES (:name, 'x')", name) == 1;
  }
  [[nodiscard]] bool committed(const std::string& name) { return get(*database_, name).has_value(); }

  /// Runs `second` in the batch that inserting "first" has begun.
  void run_together(const std::function<bool(Connection&)>& second) {
    std::jthread other;
    writer_.run([&](Connection& tx) {
      other = std::jthread([&] { second_result(second); });
      while (writer_.waiting() == 0) std::this_thread::yield();
      tx.after_commit([&] { first_hook_ran_ = true; });
      return insert(tx, "first");
    });
  }
  void second_result(const std::function<bool(Connection&)>& second) {
    try {
      writer_.run(second);
    } catch (const std::exception& error) {
      second_threw_ = error.what();
    }
  }

  testing::TestDatabase database_{Dialect::kSqlite};
  SqliteWriter writer_{[this] { return connect_sqlite(database_.url().substr(5), SqliteRole::kWriter); }};
  std::atomic<bool> first_hook_ran_ = false;
  std::string second_threw_;
};

TEST_F(SqliteWriterTest, who_finds_others_waiting_commits_with_them) {
  run_together([&](Connection& tx) {
    EXPECT_FALSE(committed("first"));
    EXPECT_FALSE(first_hook_ran_);
    return insert(tx, "second");
  });
  EXPECT_TRUE(first_hook_ran_);
  EXPECT_TRUE(committed("first"));
  EXPECT_TRUE(committed("second"));
}

TEST_F(SqliteWriterTest, a_part_that_fails_takes_back_itself_alone) {
  run_together([&](Connection& tx) {
    insert(tx, "second");
    return false;
  });
  EXPECT_TRUE(committed("first"));
  EXPECT_FALSE(committed("second"));
}

TEST_F(SqliteWriterTest, a_part_that_throws_takes_back_itself_alone) {
  run_together([&](Connection& tx) -> bool {
    insert(tx, "second");
    throw std::out_of_range("oh");
  });
  EXPECT_EQ(second_threw_, "oh");
  EXPECT_TRUE(committed("first"));
  EXPECT_FALSE(committed("second"));
}

TEST_F(SqliteWriterTest, a_part_whose_statement_failed_takes_back_itself_alone) {
  run_together([&](Connection& tx) { return insert(tx, "second") && insert(tx, "first"); });
  EXPECT_THAT(second_threw_, ::testing::HasSubstr("UNIQUE"));
  EXPECT_TRUE(committed("first"));
  EXPECT_FALSE(committed("second"));
}

// As SQLite does by itself when the disk is full.
TEST_F(SqliteWriterTest, a_lost_transaction_is_a_failure_of_every_part) {
  const auto failure = failure_of([&] {
    run_together([&](Connection& tx) {
      tx.execute("ROLLBACK");
      return true;
    });
  });
  EXPECT_TRUE(failure.unavailable());
  EXPECT_FALSE(first_hook_ran_);
  EXPECT_FALSE(committed("first"));
  EXPECT_FALSE(second_threw_.empty());
  writer_.run([](Connection& tx) { return insert(tx, "third"); });
  EXPECT_TRUE(committed("third"));
}

}  // namespace
}  // namespace berth::db
