#include "base/worker_pool.h"

#include <future>

namespace berth {
namespace {

TEST(WorkerPool, RefusesWhatDoesNotFitAndFinishesWhatDid) {
  std::promise<void> release;
  auto gate = release.get_future().share();
  std::promise<void> started;
  std::atomic<int> done = 0;
  {
    WorkerPool pool("test", 1, 2);
    ASSERT_TRUE(pool.submit([&] {
      started.set_value();
      gate.wait();
      ++done;
    }));
    started.get_future().wait();
    EXPECT_TRUE(pool.submit([&] { ++done; }));
    EXPECT_TRUE(pool.submit([&] { ++done; }));
    EXPECT_FALSE(pool.submit([&] { ++done; })) << "the queue holds two";
    release.set_value();
  }
  EXPECT_EQ(done, 3);
}

}  // namespace
}  // namespace berth
