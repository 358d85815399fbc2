#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "http/message.h"

namespace berth::http {

/// Counts requests: berth_http_requests_total{route,method,status}, berth_http_request_duration_seconds{route} and
/// berth_http_requests_in_flight. A label is a route's pattern, never a path, so their number is bounded. Any thread.
class Metrics {
 public:
  /// `registry` must outlive the metrics.
  explicit Metrics(prometheus::Registry& registry);

  /// In flight from here on; what is answered within one call on one thread never is.
  void started() { in_flight_.Increment(); }
  void ended() { in_flight_.Decrement(); }
  /// Once for every request. `route` is a pattern of the route table, "" where none matched; a text that lives as long
  /// as the process.
  void finished(std::string_view route, std::optional<Method> method, int status, std::chrono::duration<double> took);
  /// Refused by net/ before there was a request to start.
  void refused(int status) { counter("", std::nullopt, status).Increment(); }

 private:
  using Key = std::tuple<std::string_view, std::optional<Method>, int>;
  prometheus::Counter& counter(std::string_view route, std::optional<Method> method, int status);
  prometheus::Histogram& histogram(std::string_view route);

  /// What a thread found last, so that a busy route costs no lock and no search.
  struct Found {
    std::uint64_t owner = 0;
    Key key;
    prometheus::Counter* counter = nullptr;
    prometheus::Histogram* histogram = nullptr;
  };
  const Found& find(const Key& key);

  const std::uint64_t id_;  // among all objects of this class that ever were
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Gauge& in_flight_;
  // Family::Add() builds and hashes a label map; these find the same objects by a few comparisons.
  std::shared_mutex mutex_;
  std::map<Key, prometheus::Counter*> counters_;
  std::map<std::string_view, prometheus::Histogram*> histograms_;
};

/// The Prometheus text format, version 0.0.4, for the /metrics route.
[[nodiscard]] std::string metrics_text(const prometheus::Registry& registry);

}  // namespace berth::http
