#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "db/session.h"
#include "db/transaction.h"

namespace berth::db {

/// The one connection that writes to a SQLite file; parts run in order of arrival.
///
/// Who comes while nobody writes becomes the writer: it runs its own part, then the parts of all who have come since,
/// on its own thread and in one transaction, each in a savepoint of its own, and commits them with one sync. They sleep
/// meanwhile: a turn that went from thread to thread would cost a wake-up for every part. A part that fails takes back
/// itself alone; a commit that fails is a failure of every part in it.
class SqliteWriter {
 public:
  using Connect = std::function<std::unique_ptr<Session>()>;

  explicit SqliteWriter(Connect connect);
  ~SqliteWriter();

  /// As Database::run_write(); `work` may run on another thread that waits in here, too. Any thread, but not from
  /// inside `work`. What the transaction asked to run after the commit runs on the caller's own thread.
  void run(const std::function<bool(Connection&)>& work);

  /// How many wait for their part to begin.
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Part;
  using Parts = std::vector<Part*>;

  [[nodiscard]] bool begin(Part& part);
  void wait_for_turn(Part& part);
  void write_for_all();
  [[nodiscard]] Part* next(const Parts& done_so_far, std::chrono::steady_clock::time_point since);
  [[nodiscard]] std::optional<Failure> write(Parts& parts);

  const Connect connect_;
  std::unique_ptr<Session> session_;  // who writes has it
  std::atomic<std::thread::id> writing_;

  mutable std::mutex guard_;  // of what follows
  std::deque<Part*> queue_;   // the first is who writes, if anybody does, until its part begins
  bool written_ = false;      // somebody writes
};

}  // namespace berth::db
