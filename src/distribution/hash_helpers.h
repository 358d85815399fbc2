#pragma once

#include <atomic>
#include <functional>

#include "base/error.h"
#include "base/worker_pool.h"

namespace berth::distribution {

/// Threads that hash a piece of an upload while the upload's own thread writes the same piece. Any thread; outlives the
/// uploads.
///
/// There are few, and nobody waits for one: while all are at work a piece is written and hashed one after the other. So
/// a single push goes as fast as the slower of the two, and of many no upload takes more than its turn.
class HashHelpers {
 public:
  explicit HashHelpers(std::size_t threads);

  /// Runs both and returns, when both have ended, what `write` returned. `hash` must not throw.
  [[nodiscard]] Result<void> run(const std::function<Result<void>()>& write, const std::function<void()>& hash);

 private:
  std::atomic<std::int64_t> idle_;
  WorkerPool pool_;
};

}  // namespace berth::distribution
