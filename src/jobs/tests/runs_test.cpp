#include "jobs/runs.h"

#include <gtest/gtest.h>

#include "db/tests/support/test_database.h"

namespace berth::jobs {
namespace {

using namespace std::chrono_literals;

class RunsTest : public db::testing::OnBothDatabases {
 protected:
  const Time now = from_millis(1'000'000);

  template <class Work>
  auto write(Work work) {
    return database().write([&](db::Connection& tx) -> Result<decltype(work(tx))> { return work(tx); }).value();
  }
  struct Run request(std::string_view kind) {
    return write([&](db::Connection& tx) { return request_run(tx, kind, "user:ada", now); });
  }
  void finish(const struct Run& run, std::string_view error) {
    write([&](db::Connection& tx) {
      finish_run(tx, run, error, now + 1s, 2);
      return 0;
    });
  }
};
INSTANTIATE_TEST_SUITE_P(, RunsTest, db::testing::both(), db::testing::name);

TEST_P(RunsTest, one_run_of_a_kind_is_open_at_a_time_and_a_crash_leaves_it_to_the_next_process) {
  const auto run = request("collection");
  EXPECT_EQ(request("collection").id, run.id);
  EXPECT_NE(request("sync").id, run.id);
  write([&](db::Connection& tx) {
    start_run(tx, run.id, now);
    save_progress(tx, run.id, R"({"done":3})");
    return 0;
  });
  const auto found = write([&](db::Connection& tx) { return open_run(tx, "collection"); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->state, RunState::kRunning);
  EXPECT_EQ(found->progress, R"({"done":3})");
}

TEST_P(RunsTest, the_newest_runs_are_kept_with_their_logs) {
  std::vector<std::int64_t> ids;
  for (const auto* error : {"", "the disk is gone", ""}) {
    const auto run = request("collection");
    ids.push_back(run.id);
    write([&](db::Connection& tx) {
      log_line(tx, run.id, now, "began");
      return 0;
    });
    finish(run, error);
  }
  const auto runs = write([&](db::Connection& tx) { return list_runs(tx, "collection", std::nullopt, 10); });
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].id, ids[2]);
  EXPECT_EQ(runs[1].state, RunState::kFailed);
  EXPECT_EQ(runs[1].error, "the disk is gone");
  EXPECT_EQ(write([&](db::Connection& tx) { return read_log(tx, ids[2], 0, 10).size(); }), 1U);
  EXPECT_EQ(write([&](db::Connection& tx) { return read_log(tx, ids[0], 0, 10).size(); }), 0U);
  EXPECT_EQ(write([&](db::Connection& tx) { return list_runs(tx, "collection", ids[2], 10).size(); }), 1U);
}

TEST_P(RunsTest, a_kind_is_paused_until_it_is_resumed) {
  EXPECT_TRUE(write([&](db::Connection& tx) { return pause(tx, "collection", "user:ada", now); }));
  EXPECT_FALSE(write([&](db::Connection& tx) { return pause(tx, "collection", "user:ada", now); }));
  EXPECT_TRUE(write([&](db::Connection& tx) { return paused(tx, "collection"); }));
  EXPECT_FALSE(write([&](db::Connection& tx) { return paused(tx, "sync"); }));
  EXPECT_TRUE(write([&](db::Connection& tx) { return resume(tx, "collection"); }));
  EXPECT_FALSE(write([&](db::Connection& tx) { return paused(tx, "collection"); }));
}

}  // namespace
}  // namespace berth::jobs
