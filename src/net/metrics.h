#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <cstddef>

#include "net/io_result.h"

namespace berth::net {

/// berth_net_connections, berth_net_connections_total{result}, berth_net_bytes_total{direction} and
/// berth_net_timeouts_total{during}. Requests are counted by the core. Any thread.
class Metrics {
 public:
  /// `registry` must outlive the metrics.
  explicit Metrics(prometheus::Registry& registry);

  void opened();
  void closed() { open_.Decrement(); }
  void refused_peer() { refused_peer_.Increment(); }
  void refused_total() { refused_total_.Increment(); }
  void failed_handshake() { failed_handshake_.Increment(); }
  void received(std::size_t bytes) { received_.Increment(static_cast<double>(bytes)); }
  void sent(std::size_t bytes) { sent_.Increment(static_cast<double>(bytes)); }
  void timed_out_in_head() { timeout_head_.Increment(); }
  void timed_out_in_body() { timeout_body_.Increment(); }
  void timed_out_in_response() { timeout_response_.Increment(); }

 private:
  using Counters = prometheus::Family<prometheus::Counter>;
  prometheus::Gauge& open_;
  Counters& connections_;
  prometheus::Counter& accepted_;
  prometheus::Counter& refused_peer_;
  prometheus::Counter& refused_total_;
  prometheus::Counter& failed_handshake_;
  Counters& bytes_;
  prometheus::Counter& received_;
  prometheus::Counter& sent_;
  Counters& timeouts_;
  prometheus::Counter& timeout_head_;
  prometheus::Counter& timeout_body_;
  prometheus::Counter& timeout_response_;
};

}  // namespace berth::net
