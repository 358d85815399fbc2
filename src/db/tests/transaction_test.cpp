#include <latch>
#include <thread>

#include "db/tests/settings_fixture.h"

namespace berth::db {
namespace {

using ::testing::ElementsAre;

class TransactionTest : public testing::OnBothDatabases {};
INSTANTIATE_TEST_SUITE_P(, TransactionTest, testing::both(), testing::name);

TEST_P(TransactionTest, a_value_commits) {
  const auto done = database().write([&](Connection& tx) -> Result<int> {
    tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", "color", "blue");
    return 42;
  });
  EXPECT_EQ(done.value(), 42);
  EXPECT_EQ(get(database(), "color"), "blue");
}

TEST_P(TransactionTest, what_was_committed_is_there_after_a_restart) {
  put(database(), "color", "blue");
  test_database().close();
  const auto again = open({.url = test_database().url()});
  EXPECT_EQ(get(*again, "color"), "blue");
}

TEST_P(TransactionTest, an_error_rolls_back) {
  const auto done = database().write([&](Connection& tx) -> Result<int> {
    tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", "color", "blue");
    return fail(Fault::kConflict, "no");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().fault, Fault::kConflict);
  EXPECT_EQ(get(database(), "color"), std::nullopt);
}

TEST_P(TransactionTest, an_exception_rolls_back_and_comes_through) {
  EXPECT_THROW((void)database().write([&](Connection& tx) -> Result<int> {
    tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", "color", "blue");
    throw std::out_of_range("oh");
  }),
               std::out_of_range);
  EXPECT_EQ(get(database(), "color"), std::nullopt);
}

// PostgreSQL answers COMMIT with a rollback then, and says nothing.
TEST_P(TransactionTest, nothing_commits_after_a_failed_statement) {
  put(database(), "color", "blue");
  EXPECT_THROW((void)database().write([&](Connection& tx) -> Result<int> {
    tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", "size", "9");
    try {
      tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", "color", "red");
    } catch (const UniqueViolation&) {
    }
    return 1;
  }),
               std::logic_error);
  EXPECT_EQ(get(database(), "size"), std::nullopt);
}

TEST_P(TransactionTest, hooks_run_in_order_after_the_commit) {
  std::vector<std::string> seen;
  (void)database().write([&](Connection& tx) -> Result<void> {
    tx.after_commit([&] { seen.push_back("first: " + get(database(), "color").value_or("not there")); });
    tx.after_commit([&] { seen.push_back("second"); });
    tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", "color", "blue");
    EXPECT_TRUE(seen.empty());
    return {};
  });
  EXPECT_THAT(seen, ElementsAre("first: blue", "second"));
}

TEST_P(TransactionTest, hooks_do_not_run_after_a_rollback) {
  bool ran = false;
  (void)database().write([&](Connection& tx) -> Result<void> {
    tx.after_commit([&] { ran = true; });
    return fail(Fault::kConflict, "no");
  });
  EXPECT_FALSE(ran);
}

TEST_P(TransactionTest, a_hook_that_throws_stops_neither_the_next_nor_the_caller) {
  bool ran = false;
  const auto done = database().write([&](Connection& tx) -> Result<int> {
    tx.after_commit([] { throw std::runtime_error("oh"); });
    tx.after_commit([&] { ran = true; });
    return 1;
  });
  EXPECT_EQ(done.value(), 1);
  EXPECT_TRUE(ran);
}

TEST_P(TransactionTest, a_hook_may_write) {
  (void)database().write([&](Connection& tx) -> Result<void> {
    tx.after_commit([&] { put(database(), "from", "hook"); });
    return {};
  });
  EXPECT_EQ(get(database(), "from"), "hook");
}

TEST_P(TransactionTest, a_reader_sees_one_view_whatever_commits_meanwhile) {
  put(database(), "color", "blue");
  database().read([&](Connection& tx) {
    EXPECT_EQ(get(tx, "color"), "blue");
    std::jthread([&] {
      (void)database().write([](Connection& other) -> Result<void> {
        other.execute("UPDATE settings SET value = :value WHERE name = 'color'", "red");
        return {};
      });
    }).join();
    EXPECT_EQ(get(tx, "color"), "blue");
    return 0;
  });
  EXPECT_EQ(get(database(), "color"), "red");
}

TEST_P(TransactionTest, a_reader_cannot_write) {
  failure_of([&] {
    return database().read([](Connection& tx) {
      return tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", "color", "blue");
    });
  });
  EXPECT_EQ(get(database(), "color"), std::nullopt);
}

TEST_P(TransactionTest, concurrent_writers_lose_no_update) {
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  put(database(), "count", "0");
  std::latch all_here(kThreads);
  const auto add_one = [](Connection& tx) -> Result<void> {
    const auto sql = fmt::format("SELECT value FROM settings WHERE name = 'count'{}", tx.for_update());
    const auto count = std::stoi(std::get<0>(tx.one<std::string>(sql).value()));
    tx.execute("UPDATE settings SET value = :value WHERE name = 'count'", std::to_string(count + 1));
    return {};
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        all_here.arrive_and_wait();
        for (int n = 0; n < kEach; ++n) (void)database().write(add_one);
      });
    }
  }
  EXPECT_EQ(get(database(), "count"), std::to_string(kThreads * kEach));
}

TEST_P(TransactionTest, health_is_checked_against_the_database) {
  EXPECT_NO_THROW(database().check_health());
}

}  // namespace
}  // namespace berth::db
