#include "blob/journal.h"

#include <cerrno>

#include "base/log.h"
#include "blob/system_errors.h"

namespace berth::blob {

struct Journal::Segment {
  File file;
  std::string name;
  std::uint64_t length = 0;
  std::size_t unplaced = 0;  // under guard_: records whose objects' files are still to be written
  bool closed = false;       // under guard_: nothing more comes into it
};

/// One caller of append().
struct Journal::Waiting {
  const JournalRecord& record;
  bool writes = false;
  Outcome<void> result;
  std::shared_ptr<Segment> segment;
  const std::shared_ptr<WakeUp> turn = std::make_shared<WakeUp>();  // its record is written, or it writes for all
};

Journal::Unplaced::~Unplaced() {
  if (!segment_) return;
  const std::lock_guard lock(journal_->guard_);
  if (--segment_->unplaced == 0 && segment_->closed) journal_->changed_.notify_all();
}

Journal::Journal(FileSystem& file_system, Directories& directories, Limits limits)
    : file_system_(file_system),
      directories_(directories),
      limits_(limits),
      retiring_([this](const std::stop_token& stop) { retire_segments(stop); }) {}

Journal::~Journal() = default;

bool Journal::usable() const {
  const std::lock_guard lock(guard_);
  return usable_;
}

// Whoever comes while nobody writes takes all that wait, itself included, and writes them with one sync; then it wakes
// them, and the first of those who have come meanwhile, who does the same.
Outcome<Journal::Unplaced> Journal::append(const JournalRecord& record) {
  Waiting self{.record = record, .result = {}, .segment = nullptr};
  {
    const std::lock_guard lock(guard_);
    waiting_.push_back(&self);
    self.writes = !std::exchange(writing_, true);
  }
  if (!self.writes) self.turn->sleep();
  if (self.writes) write_for_all(self);
  if (!self.result) return std::unexpected(self.result.error());
  return Unplaced(*this, std::move(self.segment));
}

void Journal::write_for_all(const Waiting& self) {
  Batch batch;
  // Whoever is just about to come would pay a sync of its own. Where every thread has a processor this costs nothing.
  std::this_thread::yield();
  {
    const std::lock_guard lock(guard_);
    batch.swap(waiting_);
  }
  std::vector<std::shared_ptr<WakeUp>> ready;
  const auto written = write_or_fail(batch, ready);
  {
    const std::lock_guard lock(guard_);
    writing_ = !waiting_.empty();
    if (writing_) {
      waiting_.front()->writes = true;
      ready.push_back(waiting_.front()->turn);
    }
    for (auto* one : batch) {
      one->result = written;
      if (one != &self) ready.push_back(one->turn);
      if (!written) continue;
      one->segment = current_;
      ++current_->unplaced;
    }
    if (!written) close_segment();
  }
  for (const auto& turn : ready) turn->wake();
}

// Without memory, too, those who wait must be woken.
Outcome<void> Journal::write_or_fail(const Batch& batch, std::vector<std::shared_ptr<WakeUp>>& ready) {
  try {
    ready.reserve(batch.size() + 1);
    return write(batch);
  } catch (const std::bad_alloc&) {
    return std::unexpected(SystemError{"journal", ENOMEM});
  }
}

Outcome<void> Journal::write(const Batch& batch) {
  std::string text;
  for (const auto* one : batch) write_record(text, one->record);
  if (auto room = make_room(text.size()); !room) return room;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto written = file_system_.write(current_->file, rest, current_->length);
    if (!written) return std::unexpected(written.error());
    current_->length += *written;
    rest.remove_prefix(*written);
  }
  return file_system_.sync_data(current_->file);
}

Outcome<void> Journal::make_room(std::size_t bytes) {
  if (current_ && (current_->length == 0 || current_->length + bytes <= limits_.segment_bytes)) return {};
  {
    std::unique_lock lock(guard_);
    close_segment();
    changed_.wait(lock, [&] { return !usable_ || full_.size() <= limits_.full_segments; });
    if (!usable_) return std::unexpected(SystemError{"the journal's disk has failed", EIO});
  }
  return open_segment();
}

// Its name is durable before its first record is.
Outcome<void> Journal::open_segment() {
  const auto name = fmt::format("{:012}", last_number_ + 1);
  auto file = file_system_.open(directories_.journal(), name, OpenAs::kNew);
  if (!file) return std::unexpected(file.error());
  ++last_number_;
  if (auto synced = file_system_.sync(directories_.journal()); !synced) return synced;
  current_ = std::make_shared<Segment>(Segment{.file = std::move(*file), .name = name});
  return {};
}

// Also after a failed write or sync: what follows torn bytes would never be read, and a second sync would lie.
void Journal::close_segment() {
  if (!current_) return;
  current_->closed = true;
  full_.push_back(std::exchange(current_, nullptr));
  changed_.notify_all();
}

void Journal::retire_all(std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::unique_lock lock(guard_);
  if (writing_) return;  // it is pushed to: not the stop that this is for
  close_segment();
  changed_.wait_until(lock, end, [&] { return !usable_ || full_.empty(); });
  lock.unlock();
  // Nothing is lost without it; but a segment that a power cut gives back gives back what was removed, too.
  static_cast<void>(file_system_.sync(directories_.journal()));
}

void Journal::retire_segments(const std::stop_token& stop) {
  while (true) {
    std::shared_ptr<Segment> oldest;
    {
      std::unique_lock lock(guard_);
      if (!changed_.wait(lock, stop, [&] { return usable_ && !full_.empty() && full_.front()->unplaced == 0; })) return;
      oldest = full_.front();
    }
    const auto retired = retire(*oldest);
    if (!retired) log::error("the blob store's disk does not sync", {{"why", to_error(retired.error()).detail}});
    const std::lock_guard lock(guard_);
    if (retired)
      full_.pop_front();
    else
      usable_ = false;
    changed_.notify_all();
  }
}

Outcome<void> Journal::retire(Segment& segment) {
  if (auto synced = file_system_.sync_everything(directories_.root()); !synced) return synced;
  // When it stays, or is back after a power cut, its objects are written once more: the same bytes.
  static_cast<void>(file_system_.unlink(directories_.journal(), segment.name));
  return {};
}

}  // namespace berth::blob
