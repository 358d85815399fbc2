#include "db/migrations.h"

#include <filesystem>
#include <thread>

#include "db/tests/settings_fixture.h"

namespace berth::db {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Migration kFirst{1, "first",
                           "CREATE TABLE one (id @id@, name @text@ NOT NULL); INSERT INTO one (name) VALUES (';a:b');"};
constexpr Migration kSecond{2, "second", "-- it's a second one; really\nCREATE TABLE two (id @id@);"};
constexpr Migration kBroken{2, "broken", "CREATE TABLE two (id @id@); INSERT INTO nowhere VALUES (1);"};

class MigrationsTest : public ::testing::TestWithParam<Dialect> {
 protected:
  [[nodiscard]] std::unique_ptr<Session> connect() const {
    const auto& url = empty_.url();
    if (GetParam() == Dialect::kPostgres) return connect_postgres(url);
    return connect_sqlite(url.substr(std::string_view("file:").size()), SqliteRole::kWriter);
  }
  void migrate_with(std::vector<Migration> migrations) const { migrate(*connect(), migrations); }
  [[nodiscard]] std::vector<std::string> history() const {
    std::vector<std::string> names;
    std::string name;
    const std::array<Column, 1> columns{&name};
    connect()->run("SELECT name FROM schema_migrations ORDER BY version", {}, columns, [&] { names.push_back(name); });
    return names;
  }

  testing::TestDatabase empty_{GetParam(), testing::Schema::kNone};
};
INSTANTIATE_TEST_SUITE_P(, MigrationsTest, testing::both(), testing::name);

TEST_P(MigrationsTest, each_is_applied_once_and_in_order) {
  migrate_with({kFirst});
  migrate_with({kFirst, kSecond});
  migrate_with({kFirst, kSecond});
  EXPECT_THAT(history(), ElementsAre("first", "second"));
}

TEST_P(MigrationsTest, a_schema_newer_than_the_program_is_refused) {
  migrate_with({kFirst, kSecond});
  const auto failure = failure_of([&] { migrate_with({kFirst}); });
  EXPECT_FALSE(failure.unavailable());
  EXPECT_THAT(failure.what(), HasSubstr("schema version 2"));
  EXPECT_THAT(failure.what(), HasSubstr("up to 1"));
}

TEST_P(MigrationsTest, a_tool_beside_a_server_brings_nothing_forward) {
  migrate_with({kFirst});
  const auto failure = failure_of([&] { require_newest(*connect(), std::array{kFirst, kSecond}); });
  EXPECT_THAT(failure.what(), HasSubstr("has schema version 1, this program has 2"));
  EXPECT_THAT(history(), ElementsAre("first"));
  require_newest(*connect(), std::array{kFirst});
}

TEST_P(MigrationsTest, a_tool_beside_a_server_makes_no_database) {
  const auto url = GetParam() == Dialect::kPostgres ? empty_.url() : empty_.url() + ".elsewhere";
  failure_of([&] { static_cast<void>(open({.url = url, .connections = 1, .old_schema = OldSchema::kRefuse})); });
  if (GetParam() == Dialect::kSqlite) EXPECT_FALSE(std::filesystem::exists(url.substr(5)));
}

TEST_P(MigrationsTest, a_file_that_changed_after_it_was_applied_is_refused) {
  migrate_with({kFirst});
  auto changed = kFirst;
  changed.sql = "CREATE TABLE one (id @id@);";
  const auto failure = failure_of([&] { migrate_with({changed, kSecond}); });
  EXPECT_THAT(failure.what(), HasSubstr("schema version 1 (first)"));
  EXPECT_THAT(history(), ElementsAre("first"));
}

TEST_P(MigrationsTest, one_that_fails_leaves_nothing_behind) {
  failure_of([&] { migrate_with({kFirst, kBroken}); });
  EXPECT_THAT(history(), ElementsAre("first"));
  migrate_with({kFirst, kSecond});
  EXPECT_THAT(history(), ElementsAre("first", "second"));
}

TEST_P(MigrationsTest, replicas_that_start_at_once_apply_each_once) {
  {
    std::vector<std::jthread> replicas;
    for (int i = 0; i < 4; ++i) replicas.emplace_back([&] { EXPECT_NO_THROW(migrate_with({kFirst, kSecond})); });
  }
  EXPECT_THAT(history(), ElementsAre("first", "second"));
}

TEST_P(MigrationsTest, the_program_has_its_own_and_they_apply) {
  const auto all = embedded_migrations();
  ASSERT_FALSE(all.empty());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].version, static_cast<std::int64_t>(i) + 1);
  (void)open({.url = empty_.url()});
  EXPECT_EQ(history().size(), all.size());
}

}  // namespace
}  // namespace berth::db
