#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace berth {

/// A named, bounded pool of threads for work that blocks: "api", "fs". The synchronous core runs on these.
///
/// Any thread may submit. The destructor finishes what is queued, then joins.
class WorkerPool {
 public:
  WorkerPool(std::string name, std::size_t threads, std::size_t queue_limit);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False when the queue is full or the pool is stopping: the caller answers 503 then.
  /// `task` must not throw.
  [[nodiscard]] bool submit(std::move_only_function<void()> task);

  [[nodiscard]] std::size_t queued() const;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  void work();

  const std::string name_;
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::move_only_function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace berth
