#include "http/metrics.h"

#include <prometheus/text_serializer.h>

#include <array>
#include <atomic>
#include <mutex>

namespace berth::http {
namespace {

std::atomic<std::uint64_t> made = 0;

std::string label(std::string_view route) {
  return route.empty() ? "none" : std::string(route);
}

/// Finds under the shared lock, or makes under the exclusive one.
template <class Map, class Make>
auto& find_or_make(std::shared_mutex& mutex, Map& map, const typename Map::key_type& key, Make make) {
  {
    const std::shared_lock reading(mutex);
    if (const auto found = map.find(key); found != map.end()) return *found->second;
  }
  const std::unique_lock writing(mutex);
  auto& slot = map[key];
  if (!slot) slot = &make();
  return *slot;
}

}  // namespace

Metrics::Metrics(prometheus::Registry& registry)
    : id_(++made),
      requests_(prometheus::BuildCounter()
                    .Name("berth_http_requests_total")
                    .Help("Requests answered, by route pattern, method and status")
                    .Register(registry)),
      durations_(prometheus::BuildHistogram()
                     .Name("berth_http_request_duration_seconds")
                     .Help("From the head of a request to its answer; the sending is not in it")
                     .Register(registry)),
      in_flight_(prometheus::BuildGauge()
                     .Name("berth_http_requests_in_flight")
                     .Help("Requests whose answer is not ready")
                     .Register(registry)
                     .Add({})) {}

void Metrics::finished(std::string_view route, std::optional<Method> method, int status,
                       std::chrono::duration<double> took) {
  const auto& found = find(Key{route, method, status});
  found.counter->Increment();
  found.histogram->Observe(took.count());
}

const Metrics::Found& Metrics::find(const Key& key) {
  thread_local std::array<Found, 16> found;
  const auto& [route, method, status] = key;
  const auto spread = std::hash<const void*>{}(route.data()) / 16 + static_cast<std::size_t>(status) * 7 +
                      (method ? static_cast<std::size_t>(*method) : found.size());
  auto& slot = found[spread % found.size()];
  if (slot.owner != id_ || slot.key != key)
    slot = {.owner = id_, .key = key, .counter = &counter(route, method, status), .histogram = &histogram(route)};
  return slot;
}

prometheus::Counter& Metrics::counter(std::string_view route, std::optional<Method> method, int status) {
  return find_or_make(mutex_, counters_, Key{route, method, status}, [&]() -> prometheus::Counter& {
    return requests_.Add({{"route", label(route)},
                          {"method", method ? std::string(name_of(*method)) : "none"},
                          {"status", std::to_string(status)}});
  });
}

prometheus::Histogram& Metrics::histogram(std::string_view route) {
  return find_or_make(mutex_, histograms_, route, [&]() -> prometheus::Histogram& {
    return durations_.Add({{"route", label(route)}},
                          prometheus::Histogram::BucketBoundaries{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                                  0.25, 0.5, 1, 2.5, 5, 10, 30});
  });
}

std::string metrics_text(const prometheus::Registry& registry) {
  return prometheus::TextSerializer().Serialize(registry.Collect());
}

}  // namespace berth::http
