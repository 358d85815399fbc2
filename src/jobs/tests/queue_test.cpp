#include "jobs/queue.h"

#include <gtest/gtest.h>

#include "db/tests/support/test_database.h"

namespace berth::jobs {
namespace {

using namespace std::chrono_literals;

class QueueTest : public db::testing::OnBothDatabases {
 protected:
  static constexpr std::string_view kTopic = "test";
  const Time start = from_millis(1'000'000);

  void add(std::int64_t owner, Time due) {
    write([&](db::Connection& tx) { enqueue(tx, {kTopic, owner, "x"}, due); });
  }
  std::vector<Item> take(Time due, std::size_t limit = 10) {
    std::vector<Item> items;
    write([&](db::Connection& tx) { items = take_due(tx, kTopic, due, limit, due + 5min); });
    return items;
  }
  void write(const std::function<void(db::Connection&)>& work) {
    static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
      work(tx);
      return {};
    }));
  }
  Depth depth_at(Time due) {
    return database().read([&](db::Connection& tx) { return depth(tx, kTopic, due); });
  }
  static std::vector<std::int64_t> owners(const std::vector<Item>& items) {
    std::vector<std::int64_t> all;
    for (const auto& item : items) all.push_back(item.owner);
    return all;
  }
};
INSTANTIATE_TEST_SUITE_P(, QueueTest, db::testing::both(), db::testing::name);

TEST_P(QueueTest, what_is_due_comes_the_longest_first_and_the_rest_later) {
  add(1, start + 2s);
  add(2, start + 1s);
  add(3, start + 9s);
  EXPECT_EQ(owners(take(start + 5s)), (std::vector<std::int64_t>{2, 1}));
  EXPECT_TRUE(take(start + 5s).empty()) << "taken is taken";
  EXPECT_EQ(depth_at(start + 9s).due, 1);
  EXPECT_EQ(depth_at(start + 9s).all, 3);
}

TEST_P(QueueTest, an_item_whose_worker_died_is_due_again_after_its_lease) {
  add(1, start);
  EXPECT_EQ(take(start).size(), 1U);
  EXPECT_TRUE(take(start + 4min).empty());
  EXPECT_EQ(take(start + 5min).size(), 1U);
}

TEST_P(QueueTest, an_event_that_came_while_the_item_was_worked_on_is_not_ticked_off_with_it) {
  add(1, start);
  const auto item = take(start).front();
  add(1, start + 1s);
  write([&](db::Connection& tx) { done(tx, item); });
  const auto again = take(start + 1s);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again.front().since, start + 1s);
  write([&](db::Connection& tx) { done(tx, again.front()); });
  EXPECT_EQ(depth_at(start).all, 0);
}

TEST_P(QueueTest, an_earlier_event_brings_a_postponed_item_forward_and_a_later_one_does_not_put_it_off) {
  add(1, start);
  write([&](db::Connection& tx) { postpone(tx, take_due(tx, kTopic, start, 1, start + 5min).front(), start + 24h); });
  EXPECT_TRUE(take(start + 23h).empty());
  add(1, start + 1h);
  add(1, start + 30h);
  EXPECT_EQ(take(start + 1h).size(), 1U);
}

TEST_P(QueueTest, topics_and_subjects_are_apart) {
  write([&](db::Connection& tx) {
    enqueue(tx, {kTopic, 1, "x"}, start);
    enqueue(tx, {kTopic, 1, "y"}, start);
    enqueue(tx, {"other", 1, "x"}, start);
  });
  EXPECT_EQ(take(start).size(), 2U);
}

}  // namespace
}  // namespace berth::jobs
