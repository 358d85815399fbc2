#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "distribution/collected.h"

namespace berth::distribution {

/// What /metrics tells of the collection: berth_collection_*. Any thread; `registry` outlives it.
class CollectionMetrics {
 public:
  explicit CollectionMetrics(prometheus::Registry& registry);

  void add(const Collected& done);
  /// Items of the queue that are due, and blobs that are condemned, as last counted.
  void set_due(std::int64_t due, std::int64_t condemned);

 private:
  prometheus::Counter& reviewed_;
  prometheus::Counter& objects_;
  prometheus::Counter& bytes_;
  prometheus::Counter& failures_;
  prometheus::Gauge& due_;
  prometheus::Gauge& condemned_;
};

}  // namespace berth::distribution
