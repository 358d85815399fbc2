#include "integrity/store_pair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <filesystem>
#include <fstream>
#include <thread>

#include "blob/filesystem_store.h"
#include "distribution/tests/support/registry_fixture.h"

// A database and a blob store that do not belong together are never served.
namespace berth::integrity {
namespace {

namespace fs = std::filesystem;
using blob::testing::TemporaryDirectory;
using ::testing::Contains;
using ::testing::HasSubstr;

class StorePairTest : public distribution::testing::RegistryTest {
 protected:
  Result<void> start(const std::string& root) { return pair_store(database(), disk_, root); }
  Result<void> start() { return start(store_root()); }
  Result<void> check() { return check_pair(database(), store_root()); }
  /// A store that nothing was ever put into.
  [[nodiscard]] std::string empty() const { return (scratch_.path() / "empty").string(); }
  [[nodiscard]] std::string id() { return texts("SELECT value FROM settings WHERE name = 'store_id'").at(0); }
  void forget() {
    static_cast<void>(database().write([](db::Connection& tx) -> Result<void> {
      tx.execute("DELETE FROM settings WHERE name = 'store_id'");
      return {};
    }));
  }
  static std::string text_of(const fs::path& path) {
    std::ifstream file(path);
    std::string text;
    file >> text;
    return text;
  }
  static std::size_t entries(const fs::path& directory) {
    return fs::exists(directory)
               ? static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()))
               : 0;
  }
  void push() { as(access::testing::as(editor)).push_image("shop/web", "1", "layer"); }
  /// Refused, in words that say this.
  static void expect_refused(const Result<void>& result, const std::string& said) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().fault, Fault::kConflict);
    EXPECT_THAT(result.error().subjects, Contains(HasSubstr(said)));
    EXPECT_THAT(result.error().subjects, Contains(HasSubstr("--adopt-store")));
  }

  blob::PosixFileSystem disk_;
  TemporaryDirectory scratch_;
};
INSTANTIATE_TEST_SUITE_P(, StorePairTest, db::testing::both(), db::testing::name);

TEST_P(StorePairTest, new_ones_get_an_id_and_keep_it) {
  ASSERT_TRUE(start());
  const auto first = id();
  EXPECT_EQ(first.size(), 32U);
  EXPECT_EQ(text_of(store_root() + "/store-id"), first);
  push();
  EXPECT_TRUE(start());
  EXPECT_TRUE(check());
  EXPECT_EQ(id(), first);
}

TEST_P(StorePairTest, an_installation_of_0_1_0_gets_one) {
  push();
  EXPECT_TRUE(start());
  EXPECT_EQ(text_of(store_root() + "/store-id"), id());
}

TEST_P(StorePairTest, one_of_0_1_0_that_has_lost_a_few_blobs_gets_one) {
  push();
  fs::remove(object_file(Digest::of("layer")));
  EXPECT_TRUE(start());
}

TEST_P(StorePairTest, one_of_0_1_0_is_not_given_an_empty_store) {
  push();
  expect_refused(start(empty()), "has no objects");
  EXPECT_FALSE(fs::exists(empty())) << "nothing is made in a directory that may be the wrong one";
}

TEST_P(StorePairTest, one_of_0_1_0_is_not_given_the_store_of_others) {
  push();
  const auto store = blob::FilesystemStore::open(disk_, empty());
  auto session = store->begin("8f14e45f-ceea-467f-a8f8-2d5b1c3a9e10").value();
  ASSERT_TRUE(session->append("theirs"));
  ASSERT_TRUE(session->commit({Digest::of("theirs"), 1}));
  expect_refused(start(empty()), "has other objects");
}

TEST_P(StorePairTest, a_new_database_is_not_given_a_store_with_objects) {
  push();
  const db::testing::TestDatabase fresh(GetParam());
  expect_refused(pair_store(*fresh, disk_, store_root()), "the database is new");
  ASSERT_TRUE(start());
  expect_refused(pair_store(*fresh, disk_, store_root()), "the database's store has no id");
}

TEST_P(StorePairTest, the_empty_directory_of_a_disk_that_is_not_mounted_is_refused) {
  ASSERT_TRUE(start());
  expect_refused(start(empty()), "has no id: there is no such directory");
  expect_refused(check_pair(database(), empty()), "has no id");
  EXPECT_EQ(entries(empty()), 0U);
}

TEST_P(StorePairTest, another_store_is_refused_and_both_ids_are_said) {
  const db::testing::TestDatabase theirs(GetParam());
  ASSERT_TRUE(pair_store(*theirs, disk_, empty()));
  ASSERT_TRUE(start());
  const auto refused = start(empty());
  expect_refused(refused, "the database's store has id " + id());
  expect_refused(refused, "has id " + text_of(empty() + "/store-id"));
  EXPECT_TRUE(start()) << "the right one again";
}

TEST_P(StorePairTest, one_that_was_cut_short_before_the_database_knew_begins_anew) {
  std::ofstream(store_root() + "/store-id.0123") << "0123\n";
  EXPECT_FALSE(check());
  EXPECT_TRUE(start());
  EXPECT_NE(id(), "0123");
  EXPECT_TRUE(check());
}

TEST_P(StorePairTest, one_that_was_cut_short_after_the_database_knew_is_finished) {
  ASSERT_TRUE(start());
  const auto known = id();
  fs::rename(store_root() + "/store-id", store_root() + "/store-id." + known);
  EXPECT_TRUE(check()) << "a backup may run at just this moment";
  EXPECT_TRUE(start());
  EXPECT_EQ(text_of(store_root() + "/store-id"), known);
  EXPECT_FALSE(fs::exists(store_root() + "/store-id." + known));
}

TEST_P(StorePairTest, replicas_that_start_at_once_agree) {
  constexpr int kReplicas = 4;
  const auto root = empty();
  std::vector<std::unique_ptr<db::Database>> opened;
  for (int n = 0; n < kReplicas; ++n) opened.push_back(db::open({.url = test_database().url(), .connections = 1}));
  for (int round = 0; round < 10; ++round) {
    fs::remove_all(root);
    forget();
    std::barrier together(kReplicas);
    std::atomic<int> agreed = 0;
    std::vector<std::jthread> replicas;
    for (const auto& database : opened)
      replicas.emplace_back([&] {
        together.arrive_and_wait();
        if (pair_store(*database, disk_, root)) ++agreed;
      });
    replicas.clear();
    EXPECT_EQ(agreed, kReplicas);
    EXPECT_EQ(text_of(root + "/store-id"), id());
    for (const auto& entry : fs::directory_iterator(root))
      EXPECT_FALSE(entry.path().filename().string().starts_with("store-id.")) << entry.path();
  }
}

TEST_P(StorePairTest, what_is_adopted_is_a_new_pair) {
  ASSERT_TRUE(start());
  const auto before = id();
  adopt_store(database(), disk_, empty());
  EXPECT_NE(id(), before);
  EXPECT_TRUE(start(empty()));
  expect_refused(start(), "has id " + before);
}

TEST_P(StorePairTest, an_id_that_cannot_be_read_is_not_taken_for_none) {
  std::ofstream(store_root() + "/store-id").close();
  EXPECT_FALSE(start());
}

}  // namespace
}  // namespace berth::integrity
