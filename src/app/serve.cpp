#include "app/serve.h"

#include <pthread.h>
#include <csignal>

#include "app/server.h"
#include "base/heap.h"
#include "base/log.h"

namespace berth::app {
namespace {

log::Level level_of(std::string_view name) {
  if (name == "debug") return log::Level::kDebug;
  if (name == "warning") return log::Level::kWarning;
  return name == "error" ? log::Level::kError : log::Level::kInfo;
}

/// Blocked before the first thread starts, so that no thread but ours ever takes one.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

void run_until_told(Server& server, const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) == 0) {
    if (signal != SIGHUP) break;
    const auto reloaded = server.reload_certificates();
    if (reloaded)
      log::info("certificates read again");
    else
      log::error("the certificates were not read again", {{"reason", reloaded.error().message}});
  }
  log::info("draining", {{"signal", signal}});
}

void print_error(const Error& error) {
  fmt::print(stderr, "berth: {}\n", error.message);
  for (const auto& subject : error.subjects) fmt::print(stderr, "  {}\n", subject);
}

}  // namespace

int serve(const Config& config) {
  heap::return_large_blocks();
  const auto signals = block_signals();
  log::start(level_of(config.log_level), config.log_format == "json" ? log::Format::kJson : log::Format::kText);
  int status = 0;
  try {
    auto server = Server::start(config);
    if (server) {
      (*server)->announce();
      run_until_told(**server, signals);
      (*server)->stop();
    } else {
      print_error(server.error());
      status = 1;
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "berth: the server cannot run: {}\n", error.what());
    status = 1;
  }
  log::stop();
  return status;
}

}  // namespace berth::app
