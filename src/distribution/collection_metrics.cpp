#include "distribution/collection_metrics.h"

namespace berth::distribution {
namespace {

prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}
prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

CollectionMetrics::CollectionMetrics(prometheus::Registry& registry)
    : reviewed_(counter(registry, "berth_collection_reviews_total", "Items of the review queue that were looked at")),
      objects_(counter(registry, "berth_collection_objects_removed_total", "Objects removed from the blob store")),
      bytes_(counter(registry, "berth_collection_freed_bytes_total", "Bytes of the objects removed")),
      failures_(counter(registry, "berth_collection_failures_total", "Reviews that failed, to be tried again")),
      due_(gauge(registry, "berth_collection_reviews_due", "Items of the review queue that are due")),
      condemned_(gauge(registry, "berth_collection_condemned_blobs", "Blobs that no repository has, not yet gone")) {}

void CollectionMetrics::add(const Collected& done) {
  reviewed_.Increment(static_cast<double>(done.reviewed));
  objects_.Increment(static_cast<double>(done.objects));
  bytes_.Increment(static_cast<double>(done.bytes));
  failures_.Increment(static_cast<double>(done.failures));
}

void CollectionMetrics::set_due(std::int64_t due, std::int64_t condemned) {
  due_.Set(static_cast<double>(due));
  condemned_.Set(static_cast<double>(condemned));
}

}  // namespace berth::distribution
