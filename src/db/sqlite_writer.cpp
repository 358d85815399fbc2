#include "db/sqlite_writer.h"

#include "base/wake_up.h"

namespace berth::db {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr auto kPatience = 30s;
// A batch is closed after this much, lest those who came first wait for those who came last.
constexpr std::size_t kMostParts = 128;
constexpr auto kMostTime = 10ms;

Failure nothing_committed(const std::exception& error) {
  return {fmt::format("nothing was committed: {}", error.what()), true};
}

}  // namespace

// What one caller of run() contributes to a batch.
struct SqliteWriter::Part {
  explicit Part(const std::function<bool(Connection&)>& what) : work(what) {}

  const std::function<bool(Connection&)>& work;
  bool ran = false;
  bool commits = false;
  std::exception_ptr thrown;
  Hooks hooks;

  std::optional<Failure> failure;
  enum class State { kWaiting, kTaken, kWrites, kOver } state = State::kWaiting;  // under guard_
  const std::shared_ptr<WakeUp> turn = std::make_shared<WakeUp>();                // it is over, or it writes

  void run(Session& session) {
    session.command("SAVEPOINT part");
    ran = true;
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

SqliteWriter::SqliteWriter(Connect connect) : connect_(std::move(connect)) {}
SqliteWriter::~SqliteWriter() = default;

std::size_t SqliteWriter::waiting() const {
  const std::lock_guard lock(guard_);
  return queue_.size();
}

void SqliteWriter::run(const std::function<bool(Connection&)>& work) {
  if (writing_ == std::this_thread::get_id()) throw std::logic_error("write() inside write()");
  Part part(work);
  if (!begin(part)) wait_for_turn(part);
  if (part.state == Part::State::kWrites) write_for_all();
  if (part.thrown) std::rethrow_exception(part.thrown);
  if (part.failure) throw Failure(*part.failure);
  if (part.commits) run_hooks(part.hooks);
}

// False when somebody writes.
bool SqliteWriter::begin(Part& part) {
  const std::lock_guard lock(guard_);
  queue_.push_back(&part);
  if (std::exchange(written_, true)) return false;
  part.state = Part::State::kWrites;
  return true;
}

// Until the part is over, or it is this caller who writes.
void SqliteWriter::wait_for_turn(Part& part) {
  if (part.turn->sleep_for(kPatience)) return;
  {
    const std::lock_guard lock(guard_);
    if (part.state == Part::State::kWaiting) {
      std::erase(queue_, &part);
      throw Failure("the database is too busy: no connection became free in time", true);
    }
  }
  part.turn->sleep();
}

void SqliteWriter::write_for_all() {
  Parts parts;
  const auto failure = write(parts);
  std::vector<std::shared_ptr<WakeUp>> ready;
  {
    const std::lock_guard lock(guard_);
    written_ = !queue_.empty();
    if (written_) {
      queue_.front()->state = Part::State::kWrites;
      ready.push_back(queue_.front()->turn);
    }
    for (auto* part : parts) {
      // A part that was taken back on its own account says why by itself.
      if (failure && (part->commits || !part->ran)) part->failure = failure;
      part->state = Part::State::kOver;
      if (part != parts.front()) ready.push_back(part->turn);  // the first is this caller's
    }
  }
  for (const auto& turn : ready) turn->wake();
}

SqliteWriter::Part* SqliteWriter::next(const Parts& done_so_far, Steady::time_point since) {
  const std::lock_guard lock(guard_);
  const bool full = done_so_far.size() >= kMostParts || (!done_so_far.empty() && Steady::now() - since > kMostTime);
  if (full || queue_.empty()) return nullptr;
  auto* part = queue_.front();
  queue_.pop_front();
  if (part->state == Part::State::kWaiting) part->state = Part::State::kTaken;
  return part;
}

std::optional<Failure> SqliteWriter::write(Parts& parts) {
  auto since = Steady::now();
  parts.push_back(next(parts, since));  // its own
  std::optional<Failure> failure;
  writing_ = std::this_thread::get_id();
  try {
    if (!session_) session_ = connect_();
    session_->command("BEGIN IMMEDIATE");
    parts.front()->run(*session_);
    since = Steady::now();
    while (auto* part = next(parts, since)) {
      parts.push_back(part);
      part->run(*session_);
    }
    session_->command("COMMIT");
  } catch (const std::exception& error) {
    failure = nothing_committed(error);
    if (session_) session_->roll_back();
  }
  writing_ = std::thread::id();
  if (session_ && session_->broken()) session_.reset();
  return failure;
}

}  // namespace berth::db
