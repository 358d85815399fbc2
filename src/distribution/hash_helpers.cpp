#include "distribution/hash_helpers.h"

#include <future>

namespace berth::distribution {
namespace {

/// Whatever happens to the caller, what it lent to the helper lives until the helper is done with it.
class Joining {
 public:
  explicit Joining(std::future<void>& done) : done_(done) {}
  ~Joining() { done_.wait(); }
  Joining(const Joining&) = delete;
  Joining& operator=(const Joining&) = delete;

 private:
  std::future<void>& done_;
};

}  // namespace

HashHelpers::HashHelpers(std::size_t threads)
    : idle_(static_cast<std::int64_t>(threads)),
      pool_("hash", threads, threads) {}

Result<void> HashHelpers::run(const std::function<Result<void>()>& write, const std::function<void()>& hash) {
  std::promise<void> hashed;
  auto done = hashed.get_future();
  const bool free = idle_.fetch_sub(1) > 0;
  // The promise goes with the task: its last touch may come after ours.
  const bool beside = free && pool_.submit([this, &hash, promise = std::move(hashed)]() mutable {
    hash();
    idle_.fetch_add(1);
    promise.set_value();
  });
  if (beside) {
    const Joining joining(done);
    return write();
  }
  idle_.fetch_add(1);
  auto written = write();
  hash();
  return written;
}

}  // namespace berth::distribution
