#include "net/server.h"

#include <csignal>

#include "base/log.h"
#include "net/listener.h"

namespace berth::net {

struct Server::Parts {
  Parts(const Settings& settings, ProxyTrust trust, http::ServerCore& core, WorkerPool& api, WorkerPool& fs,
        WorkerPool& logins, prometheus::Registry& registry)
      : services(settings.limits, std::move(trust), core, api, fs, logins, registry) {
    const auto threads = settings.threads > 0 ? settings.threads : std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t i = 0; i < threads; ++i) loops.push_back(std::make_unique<IoLoop>(services));
  }

  Services services;
  Listener::Loops loops;
  std::vector<std::unique_ptr<Listener>> listeners;
  bool running = false;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() {
  drain(Duration(0));
}

Result<std::unique_ptr<Server>> Server::open(const Settings& settings, http::ServerCore& core, WorkerPool& api,
                                             WorkerPool& fs, WorkerPool& logins, prometheus::Registry& registry) {
  auto trust = ProxyTrust::parse(settings.trusted_proxies);
  if (!trust) return std::unexpected(std::move(trust.error()));
  auto parts = std::make_unique<Parts>(settings, std::move(*trust), core, api, fs, logins, registry);
  for (const auto& each : settings.listeners) {
    auto& home = *parts->loops[parts->listeners.size() % parts->loops.size()];
    auto listener = Listener::open(each, home, parts->loops, parts->services);
    if (!listener) return std::unexpected(std::move(listener.error()));
    parts->listeners.push_back(std::move(*listener));
  }
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

std::vector<std::uint16_t> Server::ports() const {
  std::vector<std::uint16_t> ports;
  for (const auto& listener : parts_->listeners) ports.push_back(listener->port());
  return ports;
}

void Server::start() {
  // sendfile(2) and OpenSSL have no MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  parts_->running = true;
  for (const auto& listener : parts_->listeners) listener->start();
  for (const auto& loop : parts_->loops) loop->run();
}

void Server::drain(Duration patience) {
  if (!std::exchange(parts_->running, false)) return;
  parts_->services.draining = true;
  for (const auto& listener : parts_->listeners) listener->close();
  const auto deadline = SteadyClock::now() + patience;
  for (const auto& loop : parts_->loops) loop->drain(deadline);
  for (const auto& loop : parts_->loops) loop->join();
}

Result<void> Server::reload_certificates() {
  Result<void> outcome;
  for (const auto& listener : parts_->listeners) {
    auto reloaded = listener->reload();
    if (reloaded) continue;
    log::error("the old certificate stays", {{"port", listener->port()}, {"reason", reloaded.error().message}});
    outcome = std::move(reloaded);
  }
  return outcome;
}

}  // namespace berth::net
