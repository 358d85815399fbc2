#include "net/metrics.h"

namespace berth::net {
namespace {

prometheus::Family<prometheus::Counter>& counters(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

Metrics::Metrics(prometheus::Registry& registry)
    : open_(prometheus::BuildGauge().Name("berth_net_connections").Help("Open connections").Register(registry).Add({})),
      connections_(counters(registry, "berth_net_connections_total", "Connections by what became of them")),
      accepted_(connections_.Add({{"result", "accepted"}})),
      refused_peer_(connections_.Add({{"result", "too_many_from_peer"}})),
      refused_total_(connections_.Add({{"result", "too_many"}})),
      failed_handshake_(connections_.Add({{"result", "handshake_failed"}})),
      bytes_(counters(registry, "berth_net_bytes_total", "HTTP bytes, without TLS framing")),
      received_(bytes_.Add({{"direction", "received"}})),
      sent_(bytes_.Add({{"direction", "sent"}})),
      timeouts_(counters(registry, "berth_net_timeouts_total", "Peers that kept us waiting for too long")),
      timeout_head_(timeouts_.Add({{"during", "head"}})),
      timeout_body_(timeouts_.Add({{"during", "body"}})),
      timeout_response_(timeouts_.Add({{"during", "response"}})) {}

void Metrics::opened() {
  open_.Increment();
  accepted_.Increment();
}

}  // namespace berth::net
