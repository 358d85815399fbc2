#pragma once

#include <prometheus/registry.h>

#include <memory>
#include <vector>

#include "base/worker_pool.h"
#include "http/server_core.h"
#include "net/settings.h"

namespace berth::net {

/// The edge: HTTP/1.1 and 1.0 over TCP and TLS, for one core.
///
/// open() binds, start() serves, drain() ends; in that order, once each, by the owner. The core, the pools and the
/// registry must outlive the server. Handlers run on `api`, sinks, sources and cold files on `fs`, what
/// has to check a password on `logins`; the io threads run
/// no code of the core's but ServerCore::refuse(), and destroy responses. start() makes the process ignore SIGPIPE.
class Server {
 public:
  /// kInvalid or kUnavailable, in words for an operator: a bad address, a taken port, a certificate without its key.
  static Result<std::unique_ptr<Server>> open(const Settings& settings, http::ServerCore& core, WorkerPool& api,
                                              WorkerPool& fs, WorkerPool& logins, prometheus::Registry& registry);
  /// Drains without waiting, if nobody has.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// In the order of Settings::listeners; what port 0 has become.
  [[nodiscard]] std::vector<std::uint16_t> ports() const;

  void start();

  /// Accepts nothing more, ends idle connections, lets the others finish the exchange they are in, and cuts those that
  /// are not done after `patience`. Returns when all is over: a handler that is still running is always waited for.
  void drain(Duration patience);

  /// Reads all certificates again; new connections get them. On an error that listener keeps its old one. Any thread.
  Result<void> reload_certificates();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace berth::net
