#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"

namespace berth::app {

/// Runs small chores again and again on one thread of its own: expiring uploads, writing pull counts. A chore that
/// throws is logged and tried again at its next turn. The destructor waits for the one that runs.
class Periodic {
 public:
  struct Chore {
    std::string name;
    Duration every;
    std::function<void()> run;
  };
  explicit Periodic(std::vector<Chore> chores);
  ~Periodic();

 private:
  void work();

  std::vector<Chore> chores_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::jthread thread_;
};

}  // namespace berth::app
