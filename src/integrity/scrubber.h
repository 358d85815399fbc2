#pragma once

#include <prometheus/registry.h>

#include <optional>
#include <string>
#include <thread>

#include "blob/blob_store.h"
#include "db/database.h"
#include "distribution/content_changes.h"
#include "integrity/pace.h"

namespace berth::integrity {

/// A pass over all stored objects, as the table `scrub` keeps it.
struct ScrubStatus {
  std::string state = "never";  // never, running, stopped, finished
  std::int64_t bytes_per_second = 0;
  std::int64_t objects = 0;  // read so far
  std::int64_t bytes = 0;
  std::int64_t damaged = 0;
  std::int64_t restored = 0;
  std::int64_t objects_total = 0;  // in the store now
  std::int64_t quarantined = 0;    // damaged now, by whatever way it was found
  std::optional<Time> started_at;
  std::optional<Time> ended_at;
};

/// Reads every stored object and compares its bytes with its digest: slowly, while pushes and pulls go on. What does
/// not agree is quarantined (distribution/quarantine.h); what was quarantined and agrees again is given back.
///
/// A pass goes on after a stop and after a restart with the object that was in hand. Any thread may call any method;
/// the work is done on a thread of its own, from run_in_background() to destruction.
class Scrubber {
 public:
  /// All outlive the scrubber.
  Scrubber(db::Database& database, blob::BlobStore& store, distribution::ContentChanges& changes, const Clock& clock,
           prometheus::Registry& metrics);
  ~Scrubber();

  /// A new pass, or the rest of one that was stopped. 0: as fast as the disk. kConflict while one runs.
  [[nodiscard]] Result<ScrubStatus> start(std::int64_t bytes_per_second);
  /// Ends the pass that runs; start() goes on with it. Nothing happens when none runs.
  ScrubStatus stop();
  [[nodiscard]] ScrubStatus status();

  /// Verifies the next objects of a running pass. False when there is nothing to do. For the background thread, and for
  /// tests without one.
  bool step();
  void run_in_background();

 private:
  struct Next;
  void verify_one(const Next& next);
  void finish();
  void work(const std::stop_token& stop);

  db::Database& database_;
  blob::BlobStore& store_;
  distribution::ContentChanges& changes_;
  const Clock& clock_;
  Pace pace_;
  std::mutex stepping_;
  std::mutex idle_;
  std::condition_variable_any wake_;
  bool woken_ = false;
  prometheus::Counter& bytes_;
  prometheus::Counter& damaged_;
  std::jthread thread_;
};

}  // namespace berth::integrity
