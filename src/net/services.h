#pragma once

#include <atomic>

#include "base/clock.h"
#include "base/worker_pool.h"
#include "http/server_core.h"
#include "net/admission.h"
#include "net/body_budget.h"
#include "net/metrics.h"
#include "net/proxy_headers.h"
#include "net/settings.h"

namespace berth::net {

/// What every connection of a server shares. Outlives them all.
struct Services {
  Services(Limits their_limits, ProxyTrust trust, http::ServerCore& the_core, WorkerPool& api_pool, WorkerPool& fs_pool,
           WorkerPool& logins_pool, prometheus::Registry& registry)
      : limits(their_limits),
        proxies(std::move(trust)),
        core(the_core),
        api(api_pool),
        fs(fs_pool),
        logins(logins_pool),
        metrics(registry),
        admission(limits),
        bodies(limits.body_free_bytes, limits.bodies_bytes) {}

  const Limits limits;
  const ProxyTrust proxies;
  http::ServerCore& core;
  WorkerPool& api;
  WorkerPool& fs;
  WorkerPool& logins;
  Metrics metrics;
  Admission admission;
  BodyBudget bodies;
  SystemClock clock;
  std::atomic<bool> draining = false;  // responses say "Connection: close" from then on
};

}  // namespace berth::net
