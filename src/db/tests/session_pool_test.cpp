#include "db/session_pool.h"

#include <thread>

#include "db/tests/settings_fixture.h"

namespace berth::db {
namespace {

using namespace std::chrono_literals;

class SessionPoolTest : public ::testing::Test {
 protected:
  [[nodiscard]] SessionPool pool(std::size_t size, std::chrono::milliseconds patience) {
    return {size, patience, [this] {
              ++connects_;
              if (down_) throw Failure("down", true);
              return connect_sqlite(database_.url().substr(5), SqliteRole::kReader);
            }};
  }

  testing::TestDatabase database_{Dialect::kSqlite};
  int connects_ = 0;
  bool down_ = false;
};

TEST_F(SessionPoolTest, a_session_is_used_again) {
  auto pool = this->pool(2, 1h);
  for (int i = 0; i < 3; ++i) pool.take()->command("SELECT 1");
  EXPECT_EQ(connects_, 1);
}

TEST_F(SessionPoolTest, who_waits_too_long_is_told_so) {
  auto pool = this->pool(1, 1ms);
  const auto only = pool.take();
  const auto failure = failure_of([&] { (void)pool.take(); });
  EXPECT_TRUE(failure.unavailable());
}

TEST_F(SessionPoolTest, the_place_of_who_gave_up_is_not_lost) {
  auto pool = this->pool(1, 1ms);
  {
    const auto only = pool.take();
    failure_of([&] { (void)pool.take(); });
  }
  EXPECT_NO_THROW(pool.take()->command("SELECT 1"));
}

TEST_F(SessionPoolTest, a_failed_connect_takes_no_place) {
  auto pool = this->pool(1, 1ms);
  down_ = true;
  for (int i = 0; i < 3; ++i) failure_of([&] { (void)pool.take(); });
  down_ = false;
  EXPECT_NO_THROW(pool.take()->command("SELECT 1"));
}

TEST_F(SessionPoolTest, a_broken_session_is_replaced) {
  auto pool = this->pool(1, 1ms);
  {
    auto session = pool.take();
    session->roll_back();  // there is no transaction: it fails
    ASSERT_TRUE(session->broken());
  }
  EXPECT_FALSE(pool.take()->broken());
  EXPECT_EQ(connects_, 2);
}

TEST_F(SessionPoolTest, a_session_goes_to_who_waits) {
  auto pool = this->pool(1, 1h);
  std::vector<std::jthread> threads;
  std::atomic<int> served = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) {
        const auto session = pool.take();
        ++served;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(served, 400);
  EXPECT_EQ(connects_, 1);
}

}  // namespace
}  // namespace berth::db
