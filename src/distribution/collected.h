#pragma once

#include <string>

#include "base/clock.h"

namespace berth::distribution {

/// When the collector acts. All are times that pass between an event and what follows from it at the earliest.
struct CollectionSettings {
  /// A blob was pushed, mounted or pushed again and no manifest names it: how long a push may take.
  Duration unreferenced = std::chrono::hours(24);
  /// A manifest, link or repository was deleted.
  Duration deleted = std::chrono::minutes(1);
  /// A link that no manifest needs is condemned for so long before it goes. A HEAD or GET in between revives it: so
  /// long at least is the answer "it is here" good for, and a client need not push the blob.
  Duration grace = std::chrono::hours(2);
  /// An object that no row names, since it was written. Longer than an upload may rest.
  Duration orphan = std::chrono::hours(48);
  /// Between two looks through the whole store for such objects.
  Duration sweep = std::chrono::hours(24);
  /// What is taken at once. One transaction each, for all that are in one repository.
  std::size_t batch = 64;
};

/// What a run has done so far.
struct Collected {
  std::int64_t reviewed = 0;   // items looked at
  std::int64_t manifests = 0;  // untagged ones removed
  std::int64_t links = 0;      // blobs that a repository lost
  std::int64_t condemned = 0;  // blobs that no repository has any more
  std::int64_t objects = 0;    // removed from the store
  std::int64_t bytes = 0;      // of these: freed
  std::int64_t orphans = 0;    // objects found that no row named
  std::int64_t failures = 0;   // items that failed, to be tried again

  Collected& operator+=(const Collected& other);
};
[[nodiscard]] std::string to_text(const Collected& collected);  // a JSON object, for job_runs.progress
[[nodiscard]] Collected parse_collected(std::string_view text);

}  // namespace berth::distribution
