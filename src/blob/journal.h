#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "base/wake_up.h"
#include "blob/directories.h"
#include "blob/file_system.h"
#include "blob/journal_record.h"

namespace berth::blob {

/// Makes small objects durable where that costs least: one after the other at the end of one file, a sync for all that
/// come at the same time. Their own files are written as well, but need no sync: until they are known to be on disk the
/// journal has their bytes, and the next start writes again what a power cut has taken (blob/journal_replay.h).
///
///     <root>/journal/<number>      a segment: records (blob/journal_record.h)
///
/// A segment that is full stays until one sync of the whole file system has covered its objects' files. Any thread may
/// call any method; `file_system` and `directories` outlive it. Destroying it syncs nothing: what is in the journal is
/// durable there.
class Journal {
 public:
  struct Limits {
    std::uint64_t segment_bytes = 4U << 20;
    std::size_t full_segments = 2;  // more of them, and append() waits for the disk
  };

  /// A journal that was replayed: everything in its directory is older than this one's first segment.
  Journal(FileSystem& file_system, Directories& directories, Limits limits);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

 private:
  struct Segment;

 public:
  /// The bytes are durable; the object's own file is still to be written. Its segment waits for that: destroy it when
  /// the file is there, or when writing it has failed and the caller says so.
  class Unplaced {
   public:
    Unplaced(Journal& journal, std::shared_ptr<Segment> segment) : journal_(&journal), segment_(std::move(segment)) {}
    Unplaced(Unplaced&&) noexcept = default;
    Unplaced& operator=(Unplaced&&) = delete;
    ~Unplaced();

   private:
    Journal* journal_;
    std::shared_ptr<Segment> segment_;
  };

  /// Durable when it returns a value. After an error the object may come to light at the next start all the same: as
  /// one that no row names.
  Outcome<Unplaced> append(const JournalRecord& record);

  /// False once the disk has refused to sync a full segment's objects: what is in the journal waits for the next start,
  /// and new objects must find another way to the disk.
  [[nodiscard]] bool usable() const;

  /// For a clean stop: returns when everything that was appended before is on disk in its own files and the segments
  /// are gone, so that no start writes again what has been removed since. When the disk does not sync, or not within
  /// `patience`, they stay.
  void retire_all(std::chrono::milliseconds patience);

 private:
  struct Waiting;
  using Batch = std::vector<Waiting*>;

  void write_for_all(const Waiting& self);
  Outcome<void> write_or_fail(const Batch& batch, std::vector<std::shared_ptr<WakeUp>>& ready);
  Outcome<void> write(const Batch& batch);
  Outcome<void> make_room(std::size_t bytes);
  Outcome<void> open_segment();
  void close_segment();
  void retire_segments(const std::stop_token& stop);
  Outcome<void> retire(Segment& segment);

  FileSystem& file_system_;
  Directories& directories_;
  const Limits limits_;

  mutable std::mutex guard_;
  std::condition_variable_any changed_;  // for who writes and for who retires segments
  Batch waiting_;                        // the first writes next
  bool writing_ = false;                 // one of those who append writes for all; current_ is its own
  std::shared_ptr<Segment> current_;
  std::deque<std::shared_ptr<Segment>> full_;
  bool usable_ = true;
  std::uint64_t last_number_ = 0;
  std::jthread retiring_;  // last: it uses all the others
};

}  // namespace berth::blob
