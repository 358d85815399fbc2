#include "db/sqlite_writer.h"

namespace berth::db {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr auto kPatience = 30s;
// A batch is closed after this much, lest those who came first wait for those who came last.
constexpr std::size_t kMostParts = 128;
constexpr auto kMostTime = 10ms;

}  // namespace

struct SqliteWriter::Batch {
  // These belong to who has the turn.
  std::size_t parts = 0;
  Steady::time_point first_was_done;
  std::optional<Failure> failure;

  void fail(const std::exception& error) {
    failure.emplace(fmt::format("nothing was committed: {}", error.what()), true);
  }
  /// Whether it must end with the part that was just done.
  [[nodiscard]] bool full() {
    const auto now = Steady::now();
    if (parts == 1) first_was_done = now;
    return failure || parts >= kMostParts || now - first_was_done > kMostTime;
  }

  void end() {
    {
      const std::lock_guard lock(mutex);
      over = true;
    }
    ended.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex);
    ended.wait(lock, [&] { return over; });
  }

 private:
  std::mutex mutex;
  std::condition_variable ended;
  bool over = false;
};

// What one caller of run() contributes to a batch.
struct SqliteWriter::Part {
  bool commits = false;
  std::exception_ptr thrown;
  Hooks hooks;

  void run(Session& session, const std::function<bool(Connection&)>& work) {
    session.command("SAVEPOINT part");
    try {
      Transaction transaction(session);
      commits = work(transaction);
      if (commits) transaction.require_sound();
      hooks = transaction.take_hooks();
    } catch (...) {
      commits = false;
      thrown = std::current_exception();
    }
    // Fails when SQLite has rolled everything back by itself, as it may on a full disk.
    session.command(commits ? "RELEASE part" : "ROLLBACK TO part; RELEASE part");
  }
};

SqliteWriter::SqliteWriter(SessionPool::Connect connect) : turn_(1, kPatience, std::move(connect)) {}
SqliteWriter::~SqliteWriter() = default;

void SqliteWriter::run(const std::function<bool(Connection&)>& work) {
  if (writing_ == std::this_thread::get_id()) throw std::logic_error("write() inside write()");
  Part part;
  std::shared_ptr<Batch> batch;
  {
    auto session = turn_.take();
    batch = join(*session);
    writing_ = std::this_thread::get_id();
    try {
      part.run(*session, work);
    } catch (const std::exception& error) {
      batch->fail(error);
    }
    writing_ = std::thread::id();
    leave_or_commit(session);
  }
  batch->wait();
  if (part.thrown) std::rethrow_exception(part.thrown);
  if (!part.commits) return;
  if (batch->failure) throw *batch->failure;
  run_hooks(part.hooks);
}

std::shared_ptr<SqliteWriter::Batch> SqliteWriter::join(Session& session) {
  if (!batch_) {
    auto batch = std::make_shared<Batch>();
    session.command("BEGIN IMMEDIATE");
    batch_ = std::move(batch);
  }
  ++batch_->parts;
  return batch_;
}

void SqliteWriter::leave_or_commit(SessionPool::Lease& session) {
  if (!batch_->full() && session.pass_on()) return;
  const auto batch = std::exchange(batch_, nullptr);
  try {
    if (!batch->failure) session->command("COMMIT");
  } catch (const std::exception& error) {
    batch->fail(error);
  }
  if (batch->failure) session->roll_back();
  batch->end();
}

}  // namespace berth::db
