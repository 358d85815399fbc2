#include <barrier>
#include <semaphore>
#include <thread>

#include "db/listener.h"
#include "db/session.h"
#include "db/tests/settings_fixture.h"

namespace berth::db {
namespace {

using namespace std::chrono_literals;

std::int64_t backend_of(Connection& tx) {
  return std::get<0>(tx.one<std::int64_t>("SELECT pg_backend_pid()").value());
}

class PostgresTest : public ::testing::Test {
 protected:
  // Kills the server's process for a connection, and returns when it is gone.
  void terminate(std::int64_t backend) {
    database_->read([&](Connection& tx) {
      return tx.execute("SELECT pg_terminate_backend(CAST(:pid AS INTEGER), 10000)", backend);
    });
  }
  void notify(const std::string& channel) {
    const auto done = database_->write([&](Connection& tx) -> Result<void> {
      tx.notify(channel);
      return {};
    });
    EXPECT_TRUE(done);
  }
  [[nodiscard]] std::unique_ptr<Database> replica() const { return open({.url = database_.url(), .connections = 1}); }

  testing::TestDatabase database_{Dialect::kPostgres};
};

TEST_F(PostgresTest, a_connection_lost_in_a_transaction_is_a_failure_and_the_next_one_works) {
  const auto replica = this->replica();
  const auto failure = failure_of([&] {
    return replica->write([&](Connection& tx) -> Result<void> {
      tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", "color", "red");
      terminate(backend_of(tx));
      tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", "size", "9");
      return {};
    });
  });
  EXPECT_TRUE(failure.unavailable());
  put(*replica, "color", "blue");
  EXPECT_EQ(get(*replica, "color"), "blue");
  EXPECT_EQ(get(*replica, "size"), std::nullopt);
}

TEST_F(PostgresTest, a_connection_lost_before_the_commit_is_a_failure) {
  const auto replica = this->replica();
  const auto failure = failure_of([&] {
    return replica->write([&](Connection& tx) -> Result<void> {
      tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", "color", "red");
      terminate(backend_of(tx));
      return {};
    });
  });
  EXPECT_TRUE(failure.unavailable());
  EXPECT_EQ(get(*replica, "color"), std::nullopt);
}

TEST_F(PostgresTest, a_connection_lost_while_idle_is_not_noticed) {
  const auto replica = this->replica();
  terminate(replica->read([](Connection& tx) { return backend_of(tx); }));
  EXPECT_NO_THROW(put(*replica, "color", "blue"));
}

TEST_F(PostgresTest, a_server_that_does_not_answer_is_a_failure) {
  const auto failure = failure_of([] { return open({.url = "postgresql://nobody@127.0.0.1:1/none"}); });
  EXPECT_TRUE(failure.unavailable());
}

// 25006, as from a server that has become a standby.
TEST_F(PostgresTest, a_server_that_takes_no_writes_any_more_is_a_failure_and_the_next_connection_is_a_new_one) {
  const auto replica = this->replica();
  const auto before = replica->read([](Connection& tx) { return backend_of(tx); });
  const auto failure = failure_of([&] {
    return replica->write([&](Connection& tx) -> Result<void> {
      tx.execute("SET TRANSACTION READ ONLY");
      tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", "color", "red");
      return {};
    });
  });
  EXPECT_TRUE(failure.unavailable());
  put(*replica, "color", "blue");
  EXPECT_NE(replica->read([](Connection& tx) { return backend_of(tx); }), before);
}

TEST_F(PostgresTest, transactions_that_deadlock_both_commit_in_the_end) {
  put(*database_, "a", "0");
  put(*database_, "b", "0");
  std::atomic<int> runs = 0;
  std::barrier both_hold_one(2);
  const auto lock_in_order = [&](const std::string& first, const std::string& second) {
    const auto done = database_->write([&](Connection& tx) -> Result<void> {
      constexpr auto kAdd = "UPDATE settings SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE name = :name";
      const bool first_run = ++runs <= 2;
      tx.execute(kAdd, first);
      if (first_run) both_hold_one.arrive_and_wait();
      tx.execute(kAdd, second);
      return {};
    });
    EXPECT_TRUE(done);
  };
  std::jthread other([&] { lock_in_order("b", "a"); });
  lock_in_order("a", "b");
  other.join();
  EXPECT_GT(runs, 2);
  EXPECT_EQ(get(*database_, "a"), "2");
  EXPECT_EQ(get(*database_, "b"), "2");
}

// Of several hosts one may be a standby, which answers reads from the past, and LISTEN not at all.
TEST_F(PostgresTest, a_connection_is_to_the_server_that_can_be_written_to_unless_the_uri_says_else) {
  EXPECT_TRUE(with_defaults("postgres://a,b/berth").ends_with("target_session_attrs=primary"));
  const std::string own = "postgres://a,b/berth?target_session_attrs=any";
  EXPECT_EQ(with_defaults(own).find("target_session_attrs=primary"), std::string::npos);
}

// Counts wakes; a test waits for them, with a deadline that only a failure reaches.
struct Wakes {
  std::counting_semaphore<> count{0};
  [[nodiscard]] std::function<void()> hook() {
    return [this] { count.release(); };
  }
  [[nodiscard]] bool one() { return count.try_acquire_for(20s); }
};

TEST_F(PostgresTest, a_notification_wakes_the_listeners_of_its_channel) {
  Wakes wakes;
  Wakes others;
  Listener listener(database_.url(), 1h);
  listener.subscribe("state \"quoted\"", wakes.hook());
  ASSERT_TRUE(wakes.one());
  listener.subscribe("other", others.hook());
  ASSERT_TRUE(others.one());
  // One thread wakes them all, in order: once this has come through, nothing of the subscribing is left.
  notify("other");
  ASSERT_TRUE(others.one());
  while (wakes.count.try_acquire()) {
  }
  notify("state \"quoted\"");
  EXPECT_TRUE(wakes.one());
  EXPECT_FALSE(others.count.try_acquire());
}

TEST_F(PostgresTest, a_listener_that_lost_its_connection_wakes_everybody_and_listens_again) {
  Wakes wakes;
  Listener listener(database_.url(), 1h);
  listener.subscribe("state", wakes.hook());
  ASSERT_TRUE(wakes.one());
  const auto backend = database_->read([](Connection& tx) {
    return tx.one<std::int64_t>(
        "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND "
        "datname = current_database()");
  });
  terminate(std::get<0>(backend.value()));
  EXPECT_TRUE(wakes.one()) << "what was notified meanwhile is lost: everybody must look";
  notify("state");
  EXPECT_TRUE(wakes.one());
}

TEST_F(PostgresTest, listeners_are_woken_every_second_without_news) {
  Wakes wakes;
  database_->listen("state", wakes.hook());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(wakes.one());
}

}  // namespace
}  // namespace berth::db
