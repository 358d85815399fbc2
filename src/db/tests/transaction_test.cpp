#include "db/tests/support/test_database.h"

namespace berth::db {
namespace {

class TransactionTest : public testing::OnBothDatabases {
 protected:
  void add_setting(const std::string& name, const std::string& value) {
    const auto done = database().write([&](Connection& tx) -> Result<void> {
      tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", name, value);
      return {};
    });
    EXPECT_TRUE(done);
  }
  std::optional<std::string> setting(const std::string& name) {
    return database().read([&](Connection& tx) -> std::optional<std::string> {
      const auto row = tx.one<std::string>("SELECT value FROM settings WHERE name = :name", name);
      if (!row) return std::nullopt;
      return std::get<0>(*row);
    });
  }
};
INSTANTIATE_TEST_SUITE_P(, TransactionTest, testing::both(), testing::name);

TEST_P(TransactionTest, a_value_commits) {
  add_setting("color", "blue");
  EXPECT_EQ(setting("color"), "blue");
}

TEST_P(TransactionTest, an_error_rolls_back) {
  const auto done = database().write([&](Connection& tx) -> Result<int> {
    tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", "color", "blue");
    return fail(Fault::kConflict, "no");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().fault, Fault::kConflict);
  EXPECT_EQ(setting("color"), std::nullopt);
}

}  // namespace
}  // namespace berth::db
