#include "db/tests/settings_fixture.h"

namespace berth::db {
namespace {

using ::testing::ElementsAre;
using Text = std::optional<std::string>;
using Number = std::optional<std::int64_t>;

// Every statement of a test runs in one transaction, on a table of its own.
class StatementTest : public testing::OnBothDatabases {
 protected:
  template <class Work>
  void in_transaction(Work&& work) {
    const auto done = database().write([&](Connection& tx) -> Result<void> {
      work(tx);
      return {};
    });
    ASSERT_TRUE(done);
  }
  static std::int64_t add_user(Connection& tx, const std::string& login) {
    return std::get<0>(
        tx.one<std::int64_t>("INSERT INTO users (login, created_at) VALUES (:login, 0) RETURNING id", login).value());
  }
};
INSTANTIATE_TEST_SUITE_P(, StatementTest, testing::both(), testing::name);

TEST_P(StatementTest, null_goes_in_and_comes_out) {
  in_transaction([](Connection& tx) {
    tx.execute("INSERT INTO users (login, password_hash, created_at) VALUES (:login, :hash, 0)", "alice", nullptr);
    tx.execute("INSERT INTO users (login, password_hash, created_at) VALUES (:login, :hash, 0)", "bob", Text("x"));
    EXPECT_THAT(tx.query<Text>("SELECT password_hash FROM users ORDER BY login"),
                ElementsAre(std::tuple(Text()), std::tuple(Text("x"))));
    tx.execute(
        "INSERT INTO robots (name, owner_user_id, secret_hash, grants, created_by, created_at, expires_at) "
        "SELECT 'r', id, '', '', '', 0, CAST(:expiry AS BIGINT) FROM users WHERE login = 'bob'",
        Number());
    EXPECT_THAT(tx.query<Number>("SELECT expires_at FROM robots"), ElementsAre(std::tuple(Number())));
  });
}

TEST_P(StatementTest, null_in_a_column_that_is_read_as_never_null_is_a_failure) {
  failure_of(
      [&] { return database().read([](Connection& tx) { return tx.one<std::string>("SELECT CAST(NULL AS TEXT)"); }); });
}

TEST_P(StatementTest, integers_keep_their_64_bits) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  in_transaction([&](Connection& tx) {
    tx.execute("INSERT INTO users (id, login, created_at) VALUES (:id, 'a', :at)", kMost, kLeast);
    EXPECT_THAT((tx.query<std::int64_t, std::int64_t>("SELECT id, created_at FROM users")),
                ElementsAre(std::tuple(kMost, kLeast)));
    EXPECT_EQ(std::get<0>(tx.one<std::int64_t>("SELECT SUM(id) FROM users").value()), kMost);
  });
}

// The largest manifest that is taken, in characters of one to four bytes.
TEST_P(StatementTest, four_mebibytes_of_utf8_come_back_byte_for_byte) {
  std::string text;
  while (text.size() < (4U << 20) - 16) text += "a\"'\\:x\n\té漢🐳";
  text.resize(4U << 20, 'z');
  put(database(), "large", text);
  EXPECT_TRUE(get(database(), "large") == text) << "another text came back";
}

TEST_P(StatementTest, empty_text_is_not_null) {
  put(database(), "empty", "");
  EXPECT_EQ(get(database(), "empty"), "");
}

TEST_P(StatementTest, text_with_a_nul_byte_is_refused_rather_than_cut) {
  failure_of([&] { put(database(), "nul", std::string("a\0b", 3)); });
  EXPECT_EQ(get(database(), "nul"), std::nullopt);
}

TEST_P(StatementTest, text_compares_by_bytes) {
  in_transaction([](Connection& tx) {
    for (const auto* name : {"b", "a-b", "a", "B", "a_b", "ab", "é"})
      tx.execute("INSERT INTO settings (name, value) VALUES (:name, '')", name);
    std::vector<std::string> names;
    for (auto& [name] : tx.query<std::string>("SELECT name FROM settings ORDER BY name")) names.push_back(name);
    EXPECT_THAT(names, ElementsAre("B", "a", "a-b", "a_b", "ab", "b", "é"));
  });
}

TEST_P(StatementTest, returning_gives_growing_ids) {
  in_transaction([](Connection& tx) {
    const auto first = add_user(tx, "alice");
    EXPECT_GT(add_user(tx, "bob"), first);
  });
}

TEST_P(StatementTest, an_id_is_not_given_twice) {
  in_transaction([](Connection& tx) {
    const auto first = add_user(tx, "alice");
    EXPECT_EQ(tx.execute("DELETE FROM users"), 1);
    EXPECT_GT(add_user(tx, "bob"), first);
  });
}

TEST_P(StatementTest, upsert_replaces) {
  in_transaction([](Connection& tx) {
    constexpr auto kUpsert =
        "INSERT INTO settings (name, value) VALUES (:name, :value) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.execute(kUpsert, "color", "blue");
    tx.execute(kUpsert, "color", "red");
    EXPECT_EQ(get(tx, "color"), "red");
  });
}

TEST_P(StatementTest, execute_counts_the_rows_it_touched) {
  in_transaction([](Connection& tx) {
    for (const auto* name : {"a", "b", "c"})
      EXPECT_EQ(tx.execute("INSERT INTO settings (name, value) VALUES (:name, '')", name), 1);
    EXPECT_EQ(tx.execute("UPDATE settings SET value = 'x' WHERE name <> :name", "a"), 2);
    EXPECT_EQ(tx.execute("UPDATE settings SET value = 'x' WHERE name = :name", "none"), 0);
    EXPECT_EQ(tx.execute("INSERT INTO settings (name, value) VALUES (:name, '') ON CONFLICT DO NOTHING", "a"), 0);
    EXPECT_EQ(tx.execute("DELETE FROM settings"), 3);
  });
}

TEST_P(StatementTest, run_counts_the_rows_it_delivered) {
  put(database(), "a", "1");
  put(database(), "b", "2");
  std::vector<std::string> names;
  std::string name;
  const std::array<Column, 1> columns{&name};
  const auto rows = database().read([&](Connection& tx) {
    return tx.run("SELECT name FROM settings ORDER BY name", {}, columns, [&] { names.push_back(name); });
  });
  EXPECT_EQ(rows, 2);
  EXPECT_THAT(names, ElementsAre("a", "b"));
}

TEST_P(StatementTest, a_taken_key_is_a_unique_violation) {
  put(database(), "color", "blue");
  EXPECT_THROW(put(database(), "color", "red"), UniqueViolation) << "primary key";
  in_transaction([](Connection& tx) { add_user(tx, "alice"); });
  EXPECT_THROW(in_transaction([](Connection& tx) { add_user(tx, "alice"); }), UniqueViolation) << "unique column";
  EXPECT_EQ(get(database(), "color"), "blue");
}

TEST_P(StatementTest, a_row_that_is_not_there_is_a_foreign_key_violation) {
  EXPECT_THROW(in_transaction([](Connection& tx) {
                 tx.execute("INSERT INTO group_members (group_id, user_id) VALUES (:group, :user)", 1, 2);
               }),
               ForeignKeyViolation);
}

TEST_P(StatementTest, deleting_what_is_referred_to_is_a_foreign_key_violation) {
  in_transaction([](Connection& tx) {
    tx.execute("INSERT INTO clusters (id, name, uid, created_at) VALUES (1, 'c', 'u', 0)");
    tx.execute("INSERT INTO namespaces (cluster_id, name, uid, created_at) VALUES (1, 'n', 'u', 0)");
  });
  EXPECT_THROW(in_transaction([](Connection& tx) { tx.execute("DELETE FROM clusters"); }), ForeignKeyViolation);
}

TEST_P(StatementTest, messages_do_not_quote_the_values) {
  try {
    in_transaction([](Connection& tx) {
      add_user(tx, "very-secret");
      add_user(tx, "very-secret");
    });
    FAIL() << "no violation";
  } catch (const UniqueViolation& violation) {
    EXPECT_THAT(violation.what(), ::testing::HasSubstr("INSERT INTO users"));
    EXPECT_THAT(violation.what(), ::testing::Not(::testing::HasSubstr("very-secret")));
  }
}

TEST_P(StatementTest, broken_sql_is_a_failure_that_waiting_does_not_mend) {
  const auto failure = failure_of([&] {
    return database().read([](Connection& tx) { return tx.one<std::int64_t>("SELECT nonsense FROM nowhere"); });
  });
  EXPECT_FALSE(failure.unavailable());
}

TEST_P(StatementTest, the_number_of_parameters_must_be_right) {
  EXPECT_THROW(in_transaction([](Connection& tx) { tx.execute("DELETE FROM settings WHERE name = :name"); }),
               std::logic_error);
}

TEST_P(StatementTest, a_statement_serves_again_with_other_values) {
  in_transaction([](Connection& tx) {
    for (int i = 0; i < 10; ++i) {
      tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", fmt::format("n{}", i), std::to_string(i));
      EXPECT_EQ(get(tx, fmt::format("n{}", i)), std::to_string(i));
    }
    EXPECT_EQ(get(tx, "none"), std::nullopt);
    EXPECT_EQ(get(tx, "n3"), "3");
  });
}

TEST_P(StatementTest, more_statements_than_are_kept_prepared) {
  database().read([](Connection& tx) {
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 600; ++i)
        EXPECT_EQ(std::get<0>(tx.one<std::int64_t>(fmt::format("SELECT CAST({} AS BIGINT)", i)).value()), i);
    }
    return 0;
  });
}

TEST_P(StatementTest, a_row_handler_that_throws_leaves_the_connection_usable) {
  put(database(), "a", "1");
  put(database(), "b", "2");
  std::string name;
  const std::array<Column, 1> columns{&name};
  const auto first_row_throws = [&](Connection& tx) {
    return tx.run("SELECT name FROM settings ORDER BY name", {}, columns, [] { throw std::out_of_range("oh"); });
  };
  for (int i = 0; i < 10; ++i) EXPECT_THROW(database().read(first_row_throws), std::out_of_range);
  EXPECT_EQ(get(database(), "b"), "2");
}

}  // namespace
}  // namespace berth::db
