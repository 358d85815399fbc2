#include "integrity/table_copy.h"

#include <gtest/gtest.h>

#include "db/tests/support/test_database.h"
#include "integrity/tests/support/dump.h"

namespace berth::integrity {
namespace {

using db::testing::TestDatabase;

std::vector<Table> tables() {
  const TestDatabase schema(db::Dialect::kSqlite);
  return schema->read([](db::Connection& tx) { return tables_of(tx); });
}

TEST(TableList, has_every_table_behind_those_that_it_refers_to) {
  const auto all = tables();
  const auto at = [&](std::string_view name) { return std::ranges::find(all, name, &Table::name) - all.begin(); };
  EXPECT_LT(at("spaces"), at("repositories"));
  EXPECT_LT(at("repositories"), at("manifests"));
  EXPECT_LT(at("manifests"), at("tags"));
  EXPECT_LT(at("blobs"), at("repository_blobs"));
  EXPECT_EQ(std::ranges::find(all, "schema_migrations", &Table::name), all.end());
}

class TableCopy : public db::testing::OnBothDatabases {};
INSTANTIATE_TEST_SUITE_P(, TableCopy, db::testing::both(), db::testing::name);

TEST_P(TableCopy, keeps_numbers_nulls_and_any_text) {
  const auto fill = [](db::Connection& tx) -> Result<void> {
    for (int n = 0; n < 100; ++n)
      tx.execute("INSERT INTO workspaces (name, description, quota_bytes, created_at) VALUES (:n, :d, :q, :c)",
                 fmt::format("w{}", n), "Ünïcode: 'quoted' \"twice\"\n",
                 n % 2 ? std::optional<std::int64_t>(1LL << 60) : std::nullopt, n);
    return {};
  };
  ASSERT_TRUE(database().write(fill));
  for (const auto dialect : {db::Dialect::kSqlite, db::Dialect::kPostgres}) {
    const TestDatabase target(dialect);
    ASSERT_TRUE(target->write([&](db::Connection& to) -> Result<void> {
      database().read([&](db::Connection& from) {
        copy_tables(from, to, tables());
        return true;
      });
      return {};
    }));
    EXPECT_EQ(testing::dump(*target), testing::dump(database()));
  }
}

TEST_P(TableCopy, knows_an_empty_database_from_one_in_use) {
  EXPECT_TRUE(database().read([](db::Connection& tx) { return is_empty(tx, tables()); }));
  ASSERT_TRUE(database().write([](db::Connection& tx) -> Result<void> {
    tx.execute("INSERT INTO settings (name, value) VALUES ('a', 'b')");
    return {};
  }));
  EXPECT_FALSE(database().read([](db::Connection& tx) { return is_empty(tx, tables()); }));
}

}  // namespace
}  // namespace berth::integrity
