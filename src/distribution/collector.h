#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "distribution/blob_removal.h"
#include "distribution/collection_metrics.h"
#include "distribution/content_changes.h"
#include "jobs/runs.h"

namespace berth::distribution {

inline constexpr std::string_view kCollection = "collection";  // the kind of its runs (jobs/runs.h)

/// Online garbage collection: works off the review queue while pushes and pulls go on (README.md, "Collection").
///
/// Every step is a few short transactions, each of which leaves the data right: a crash, a pause or a second collector
/// on the same database at any point costs nothing but time. step() may be called by any thread; tick() by one.
class Collector {
 public:
  /// All outlive the collector. `interval`: between two runs that nobody asked for; `rest`: between two steps, as a
  /// multiple of what the step took, so that pushes have the database most of the time.
  struct Pace {
    Duration interval = std::chrono::minutes(1);
    int rest = 4;
  };
  Collector(db::Database& database, blob::BlobStore& store, ContentChanges& changes, const Clock& clock,
            CollectionSettings settings, Pace pace, CollectionMetrics* metrics = nullptr);

  /// One batch of what is due; nullopt when nothing is. Throws db::Failure, and std::system_error from the sweep: what
  /// was taken is due again after its lease.
  std::optional<Collected> step();

  /// For a periodic call, every second or so: takes up the open run, or begins one when it is time and something is
  /// due; works until nothing is due any more, somebody pauses it, or stop() is called.
  void tick();
  /// tick() returns soon, now and from now on. Any thread.
  void stop();

  [[nodiscard]] const CollectionSettings& settings() const { return settings_; }
  /// From when on items of the topic are due, seen from now.
  [[nodiscard]] Duration delay(std::string_view topic) const;

 private:
  /// Of one repository's items (link_review.h, manifest_review.h).
  using Review = Collected (*)(db::Connection& tx, ContentChanges& changes, std::span<const jobs::Item> items,
                               const CollectionSettings& settings, Time now);
  /// A batch of one topic.
  [[nodiscard]] std::vector<jobs::Item> take(Time now);
  Collected work_on(std::string_view topic, std::span<const jobs::Item> items, Time now);
  Collected review(std::span<const jobs::Item> items, Time now, Review review_one);
  Collected sweep(const jobs::Item& item, Time now);
  [[nodiscard]] bool anything_due(Time now);
  void measure();

  [[nodiscard]] std::optional<jobs::Run> next_run(Time now);
  void run(jobs::Run run);
  /// False when the run is to stop here.
  [[nodiscard]] bool go_on();
  void rest(std::chrono::steady_clock::duration worked);
  void log(const jobs::Run& run, std::string_view message);

  db::Database& database_;
  ContentChanges& changes_;
  const Clock& clock_;
  const CollectionSettings settings_;
  const Pace pace_;
  BlobRemoval removal_;
  CollectionMetrics* const metrics_;
  std::optional<Time> last_run_;
  std::optional<Time> measured_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
};

}  // namespace berth::distribution
