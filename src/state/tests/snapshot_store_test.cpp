#include "state/snapshot_store.h"

#include <thread>

#include "access/decider.h"
#include "db/tests/support/forwarding_database.h"
#include "db/tests/support/test_database.h"
#include "state/tests/platform.h"
#include "state/tests/snapshot_text.h"

namespace berth::state::testing {
namespace {

using access::SnapshotPtr;

class SnapshotStoreTest : public db::testing::OnBothDatabases {
 protected:
  template <class Work>
  void write(Work&& work) {
    const auto done = database().write([&](db::Connection& tx) -> Result<void> { return work(tx), Result<void>{}; });
    ASSERT_TRUE(done);
  }
  UserId add_user(SnapshotStore& store, std::string_view login) {
    UserId id;
    write([&](db::Connection& tx) {
      id = UserId(std::get<0>(
          *tx.one<std::int64_t>("INSERT INTO users (login, created_at) VALUES (:login, 0) RETURNING id", login)));
      touch(tx, store, Aggregate::kUser, id.value());
    });
    return id;
  }
  std::string freshly_loaded() { return text_of(*SnapshotStore(database()).current()); }
};

INSTANTIATE_TEST_SUITE_P(, SnapshotStoreTest, db::testing::both(), db::testing::name);

TEST_P(SnapshotStoreTest, an_empty_database_is_a_snapshot_with_nothing) {
  const SnapshotStore store(database());
  EXPECT_EQ(store.current()->version, 0);
  EXPECT_EQ(store.current()->users.size(), 0U);
  EXPECT_TRUE(store.current()->anonymous_pull);
}

TEST_P(SnapshotStoreTest, a_change_is_there_when_write_returns) {
  SnapshotStore store(database());
  const auto before = store.current();
  const auto alice = add_user(store, "alice");
  EXPECT_EQ(store.current()->version, 1);
  ASSERT_NE(store.current()->user_by_login.find("alice"), nullptr);
  EXPECT_EQ(*store.current()->user_by_login.find("alice"), alice);
  EXPECT_EQ(before->users.size(), 0U) << "a snapshot that somebody holds never changes";
}

TEST_P(SnapshotStoreTest, refreshing_equals_loading_everything) {
  SnapshotStore store(database());
  SnapshotStore replica(database());  // takes in several versions at a time
  Platform platform(database(), store, 42);
  for (auto i = 0; i < 250; ++i) {
    platform.change_something();
    if (i % 5 != 0) continue;
    const auto expected = freshly_loaded();
    ASSERT_EQ(text_of(*store.current()), expected) << "after change " << i;
    if (i % 20 != 0) continue;
    replica.refresh();
    ASSERT_EQ(text_of(*replica.current()), expected) << "after change " << i;
    ASSERT_EQ(replica.current()->version, store.current()->version);
  }
  EXPECT_GT(store.current()->spaces.size(), 3U);
  EXPECT_GT(store.current()->users.size(), 3U);
}

TEST_P(SnapshotStoreTest, what_rolls_back_was_never_there) {
  SnapshotStore store(database());
  const auto before = store.current();
  const auto refused = database().write([&](db::Connection& tx) -> Result<void> {
    tx.execute("INSERT INTO users (login, created_at) VALUES ('ghost', 0)");
    touch(tx, store, Aggregate::kUser, 1);
    return fail(Fault::kConflict, "no");
  });
  EXPECT_FALSE(refused);
  EXPECT_EQ(store.current(), before);
}

TEST_P(SnapshotStoreTest, a_refresh_shares_what_did_not_change) {
  SnapshotStore store(database());
  const auto alice = add_user(store, "alice");
  const auto* row = store.current()->users.find(alice);
  const auto held = store.current();
  add_user(store, "bob");
  EXPECT_EQ(store.current()->users.find(alice), row);
}

TEST_P(SnapshotStoreTest, nothing_new_keeps_the_snapshot) {
  SnapshotStore store(database());
  add_user(store, "alice");
  const auto before = store.current();
  store.refresh();
  EXPECT_EQ(store.current(), before);
}

TEST_P(SnapshotStoreTest, two_rows_may_exchange_their_names) {
  SnapshotStore store(database());
  const auto alice = add_user(store, "alice");
  const auto bob = add_user(store, "bob");
  write([&](db::Connection& tx) {
    tx.execute("UPDATE users SET login = 'x' WHERE id = :id", alice);
    tx.execute("UPDATE users SET login = 'alice' WHERE id = :id", bob);
    tx.execute("UPDATE users SET login = 'bob' WHERE id = :id", alice);
    const Change both[] = {{Aggregate::kUser, alice.value()}, {Aggregate::kUser, bob.value()}};
    touch(tx, store, both);
  });
  EXPECT_EQ(*store.current()->user_by_login.find("alice"), bob);
  EXPECT_EQ(*store.current()->user_by_login.find("bob"), alice);
}

TEST_P(SnapshotStoreTest, a_registrys_switch_opens_and_closes_its_spaces) {
  SnapshotStore store(database());
  write([&](db::Connection& tx) {
    tx.execute("INSERT INTO registries (name, kind, origin, created_at) VALUES ('berth', 'berth', 'managed', 0)");
    tx.execute("INSERT INTO spaces (registry_id, name, created_at) VALUES (1, 'base', 0)");
    const Change both[] = {{Aggregate::kRegistry, 1}, {Aggregate::kSpace, 1}};
    touch(tx, store, both);
  });
  EXPECT_EQ(store.current()->embedded, RegistryId(1));
  EXPECT_EQ(store.current()->public_spaces.size(), 0U);
  for (const auto open : {1, 0}) {
    write([&](db::Connection& tx) {
      tx.execute("UPDATE registries SET all_spaces_public = :open WHERE id = 1", open);
      touch(tx, store, Aggregate::kRegistry, 1);
    });
    EXPECT_EQ(store.current()->public_spaces.size(), static_cast<std::size_t>(open));
  }
}

TEST_P(SnapshotStoreTest, grants_that_cannot_be_read_grant_nothing_and_harm_nobody_else) {
  SnapshotStore store(database());
  const auto alice = add_user(store, "alice");
  write([&](db::Connection& tx) {
    tx.execute(
        "INSERT INTO access_tokens (user_id, name, secret_hash, grants, created_at) "
        "VALUES (:user, 'ci', 'hash', '{\"spaces\":[{\"verbs\":[\"own\"]}]}', 0)",
        alice);
    touch(tx, store, Aggregate::kAccessToken, 1);
  });
  const auto* token = store.current()->tokens.find(AccessTokenId(1));
  ASSERT_NE(token, nullptr);
  EXPECT_EQ(token->grants, access::Grants{});
}

TEST_P(SnapshotStoreTest, a_replica_that_is_too_far_behind_loads_everything) {
  SnapshotStore store(database());
  SnapshotStore replica(database());
  add_user(store, "alice");
  add_user(store, "bob");
  write([](db::Connection& tx) { tx.execute("DELETE FROM state_changes WHERE version <= 1"); });
  replica.refresh();
  EXPECT_EQ(text_of(*replica.current()), text_of(*store.current()));
  EXPECT_EQ(replica.current()->users.size(), 2U);
}

TEST_P(SnapshotStoreTest, a_change_of_a_kind_that_is_not_known_yet_loads_everything) {
  SnapshotStore store(database());
  SnapshotStore replica(database());
  add_user(store, "alice");
  write([](db::Connection& tx) { tx.execute("UPDATE state_changes SET aggregate = 'constellation'"); });
  replica.refresh();
  EXPECT_EQ(text_of(*replica.current()), text_of(*store.current()));
}

TEST_P(SnapshotStoreTest, the_record_of_changes_stays_bounded) {
  SnapshotStore store(database());
  add_user(store, "alice");
  write([](db::Connection& tx) { tx.execute("UPDATE state_version SET version = 20479"); });
  add_user(store, "bob");
  EXPECT_EQ(store.current()->version, 20480);
  const auto versions = database().read(
      [](db::Connection& tx) { return tx.query<std::int64_t>("SELECT version FROM state_changes ORDER BY version"); });
  ASSERT_EQ(versions.size(), 1U);
  EXPECT_EQ(std::get<0>(versions[0]), 20480);
  EXPECT_EQ(store.current()->users.size(), 2U);
}

/// The same database, except that reading fails while told so.
class FailingReads final : public db::testing::ForwardingDatabase {
 public:
  using ForwardingDatabase::ForwardingDatabase;
  bool failing = false;

 protected:
  void run_read(const std::function<void(db::Connection&)>& work) override {
    if (failing) throw db::Failure("the database is gone", true);
    ForwardingDatabase::run_read(work);
  }
};

TEST_P(SnapshotStoreTest, never_gives_a_snapshot_that_lacks_what_was_committed_here) {
  FailingReads failing(database());
  SnapshotStore store(failing);
  failing.failing = true;
  add_user(store, "alice");
  EXPECT_THROW(static_cast<void>(store.current()), db::Failure);
  failing.failing = false;
  EXPECT_NE(store.current()->user_by_login.find("alice"), nullptr);
}

TEST_P(SnapshotStoreTest, writers_at_once_all_get_in) {
  SnapshotStore store(database());
  {
    std::vector<std::jthread> writers;
    for (auto writer = 0; writer < 4; ++writer)
      writers.emplace_back([&, writer] {
        for (auto i = 0; i < 10; ++i) {
          const auto login = fmt::format("user-{}-{}", writer, i);
          add_user(store, login);
          EXPECT_NE(store.current()->user_by_login.find(login), nullptr) << "not in what the next request sees";
        }
      });
  }
  EXPECT_EQ(store.current()->version, 40);
  EXPECT_EQ(text_of(*store.current()), freshly_loaded());
}

TEST(ReplicaTest, follows_what_another_one_changes) {
  db::testing::TestDatabase test_database(db::Dialect::kPostgres);
  SnapshotStore store(*test_database);
  const auto second = db::open({.url = test_database.url(), .connections = 2});
  SnapshotStore replica(*second);
  replica.follow();
  const auto done = test_database->write([&](db::Connection& tx) -> Result<void> {
    tx.execute("INSERT INTO users (login, created_at) VALUES ('alice', 0)");
    touch(tx, store, Aggregate::kUser, 1);
    return {};
  });
  ASSERT_TRUE(done);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (replica.current()->version < 1 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_NE(replica.current()->user_by_login.find("alice"), nullptr);
}

}  // namespace
}  // namespace berth::state::testing
