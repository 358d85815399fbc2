#pragma once

#include "db/database.h"

namespace berth::distribution {

/// What would go if nothing happened any more and all delays were over, but for the days of the policies.
struct CollectionPreview {
  std::int64_t manifests = 0;      // untagged ones whose days are over
  std::int64_t links = 0;          // blobs that a repository would lose
  std::int64_t logical_bytes = 0;  // of these and the manifests: what quotas would have back
  std::int64_t blobs = 0;          // that no repository would have any more
  std::int64_t bytes = 0;          // of these: what the store would have back
  bool complete = true;            // false: the queue is longer than was looked at
};

/// Changes nothing and locks nothing; takes time and memory with the length of the queue, up to a bound.
[[nodiscard]] CollectionPreview preview_collection(db::Connection& tx, Time now);

}  // namespace berth::distribution
