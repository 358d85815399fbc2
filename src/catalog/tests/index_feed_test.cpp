#include "catalog/index_feed.h"

#include <latch>

#include "access/tests/support/world.h"
#include "catalog/image_list.h"
#include "db/tests/support/faulty_database.h"
#include "db/tests/support/test_database.h"

namespace berth::catalog {
namespace {

constexpr Time kNow{};

/// A database whose answers are held back until the test lets them go.
class HeldDatabase final : public db::Database {
 public:
  explicit HeldDatabase(db::Database& inner) : inner_(inner) {}

  void wait_until_asked() { asked_.wait(); }
  void let_go() { let_go_.count_down(); }

  [[nodiscard]] db::Dialect dialect() const override { return inner_.dialect(); }
  void check_health() override { inner_.check_health(); }
  void listen(std::string channel, std::function<void()> wake) override {
    inner_.listen(std::move(channel), std::move(wake));
  }
  void follow(std::string channel, std::shared_ptr<db::Follower> follower) override {
    inner_.follow(std::move(channel), std::move(follower));
  }

 protected:
  void run_write(const std::function<bool(db::Connection&)>&) override {
    throw std::logic_error("the catalog writes nothing");
  }
  void run_read(const std::function<void(db::Connection&)>& work) override {
    inner_.read([&](db::Connection& tx) { return work(tx), true; });
    if (!asked_.try_wait()) asked_.count_down();
    let_go_.wait();
  }

 private:
  db::Database& inner_;
  std::latch asked_{1}, let_go_{1};
};

/// A space with one image, which alice may see.
class IndexFeedTest : public db::testing::OnBothDatabases {
 protected:
  void SetUp() override {
    const auto done = database().write([&](db::Connection& tx) -> Result<void> {
      tx.execute(
          "INSERT INTO registries (id, name, kind, origin, created_at) VALUES (1, 'berth', 'berth', 'managed', 0)");
      tx.execute("INSERT INTO spaces (id, registry_id, name, created_at) VALUES (:id, 1, 'base', 0)", space);
      tx.execute(
          "INSERT INTO repositories (id, space_id, name, created_at, updated_at, manifest_count) "
          "VALUES (:id, :space, 'web', 0, 0, 1)",
          repository, space);
      return {};
    });
    ASSERT_TRUE(done);
  }

  Result<ImagePage> list(IndexFeed& feed) const {
    return ImageList(feed, index).find(*world.snapshot(), kNow, access::testing::as(alice), std::monostate(), {});
  }
  void set_pulls(std::int64_t pulls) {
    const auto done = database().write([&](db::Connection& tx) -> Result<void> {
      tx.execute("UPDATE repositories SET pull_count = :pulls WHERE id = :id", pulls, repository);
      return {};
    });
    ASSERT_TRUE(done);
  }

  access::testing::World world;
  const SpaceId space = world.space("base", access::testing::Publicity::kPublic);
  const UserId alice = world.user("alice");
  const RepositoryId repository{7};
  ImageIndex index;
};
INSTANTIATE_TEST_SUITE_P(, IndexFeedTest, db::testing::both(), db::testing::name);

TEST_P(IndexFeedTest, lists_are_refused_and_not_empty_until_the_index_is_filled) {
  HeldDatabase held(database());
  IndexFeed feed(held, index);
  EXPECT_FALSE(feed.loaded());
  const auto refused = list(feed);
  EXPECT_FALSE(refused.has_value());
  if (!refused) EXPECT_EQ(refused.error().fault, Fault::kStarting) << refused.error().message;

  held.let_go();
  feed.reread(kNow);
  EXPECT_TRUE(feed.loaded());
  const auto page = list(feed);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->rows.size(), 1U);
  EXPECT_EQ(page->rows.front().name, "base/web");
}

TEST_P(IndexFeedTest, a_filling_that_failed_is_tried_again) {
  db::testing::FaultyDatabase faulty(database());
  faulty.fail_from(0);
  IndexFeed feed(faulty, index);
  EXPECT_THROW(feed.reread(kNow), db::Failure);
  EXPECT_FALSE(feed.loaded());
  EXPECT_FALSE(list(feed).has_value());

  faulty.heal();
  feed.reread(kNow);
  EXPECT_TRUE(feed.loaded());
  const auto page = list(feed);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->rows.size(), 1U);
}

TEST_P(IndexFeedTest, pulls_that_are_counted_while_the_index_is_filled_are_shown) {
  HeldDatabase held(database());
  IndexFeed feed(held, index);
  held.wait_until_asked();
  set_pulls(12);
  {
    const std::jthread counting([&] { feed.counted({repository}); });
    held.let_go();
  }
  const auto page = list(feed);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->rows.size(), 1U);
  EXPECT_EQ(page->rows.front().pulls, 12);
}

}  // namespace
}  // namespace berth::catalog
