#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "blob/blob_store.h"
#include "db/tests/support/forwarding_database.h"

/// Exhaustive interleaving: actors run one step at a time, a step being one transaction or one act of the store, in an
/// order that a schedule says; all schedules are tried, one after the other (stateless model checking).
namespace berth::distribution::testing {

/// Walks the tree of choices depth first.
class Schedules {
 public:
  /// Which of `enabled` goes next, in the run that is on.
  std::size_t choose(std::size_t enabled);
  /// To the next schedule; false when all were tried.
  bool advance();
  [[nodiscard]] std::string text() const;

 private:
  struct Choice {
    std::size_t taken = 0;
    std::size_t enabled = 0;
  };
  std::vector<Choice> choices_;
  std::size_t at_ = 0;
};

/// Thrown out of a step by which the actor's process has died.
struct Crash {};

/// Lets one actor go at a time. Threads that are no actors pass.
class Stage {
 public:
  /// Runs the actors to their ends, as the schedule says.
  void run(const std::vector<std::function<void()>>& actors, Schedules& schedules);
  /// The calling actor is about to act: waits for its turn. Throws Crash when crash_at() says so.
  void step();
  /// The n-th step of the calling thread from now on, counted from 0, does not happen: its process dies.
  static void crash_at(std::size_t n);
  static void live();

 private:
  enum class State { kReady, kActing, kOver };
  void act(std::size_t actor, const std::function<void()>& work);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<State> states_;
};

/// Each transaction is a step.
class SteppedDatabase final : public db::testing::ForwardingDatabase {
 public:
  SteppedDatabase(db::Database& real, Stage& stage) : ForwardingDatabase(real), stage_(stage) {}

 private:
  void run_write(const std::function<bool(db::Connection&)>& work) override;
  void run_read(const std::function<void(db::Connection&)>& work) override;

  Stage& stage_;
};

/// Placing, finding and removing an object is a step each.
class SteppedStore final : public blob::BlobStore {
 public:
  SteppedStore(blob::BlobStore& inner, Stage& stage) : inner_(inner), stage_(stage) {}
  Result<std::unique_ptr<blob::UploadSession>> begin(std::string_view id) override;
  Result<std::unique_ptr<blob::UploadSession>> resume(std::string_view id, const blob::SessionState& state) override {
    return inner_.resume(id, state);
  }
  void discard(std::string_view id, const blob::SessionState& state) override { inner_.discard(id, state); }
  Result<blob::Content> read(const blob::ObjectName& name, std::uint64_t offset, std::uint64_t length) override {
    return inner_.read(name, offset, length);
  }
  std::optional<std::uint64_t> size(const blob::ObjectName& name) override {
    stage_.step();
    return inner_.size(name);
  }
  void remove(const blob::ObjectName& name) override {
    stage_.step();
    inner_.remove(name);
  }
  std::vector<Leftover> leftovers() override { return inner_.leftovers(); }
  Part list(std::size_t part) override { return inner_.list(part); }
  void check_health() override { inner_.check_health(); }

 private:
  blob::BlobStore& inner_;
  Stage& stage_;
};

}  // namespace berth::distribution::testing
