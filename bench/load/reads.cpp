#include <fmt/format.h>

#include <memory>
#include <stdexcept>

#include "choice.h"
#include "connection.h"
#include "options.h"
#include "recorder.h"

namespace berth::load {
namespace {

void check(const Reads& reads, const Target& target, const Answer& answer) {
  if (answer.head.status != reads.status)
    throw std::runtime_error(
        fmt::format("{} {}: expected {}, got {}", reads.method, target.path, reads.status, answer.head.status));
  if (target.length && answer.head.length.value_or(answer.body_bytes) != *target.length)
    throw std::runtime_error(fmt::format("{} {}: expected {} bytes, got {}", reads.method, target.path, *target.length,
                                         answer.head.length.value_or(answer.body_bytes)));
}

/// What all clients share while they run.
struct Run {
  const Reads& reads;
  Recorder& recorder;
  std::uint64_t begun = 0;

  bool more() const {
    if (reads.requests > 0) return begun < reads.requests;
    return Clock::now() - recorder.started() < std::chrono::duration<double>(reads.seconds);
  }
};

Task<Done> open(Connection& connection) {
  auto connecting = connection.connect();
  co_await connecting;
  co_return Done{};
}

Task<Done> client(Run& run, Connection& connection, std::size_t number) {
  const auto& reads = run.reads;
  const auto fields = bearer(reads.common.token(number)) + reads.fields;
  std::vector<std::string> heads;
  for (const auto& target : reads.targets)
    heads.push_back(request_head(reads.method, target.path, reads.common.address.authority(), fields));
  Choice choice(reads.targets.size(), reads.zipf, number);
  while (run.more()) {
    ++run.begun;
    const auto at = choice.next();
    const Request request{heads[at], {}, reads.method == "HEAD"};
    const auto since = Clock::now();
    auto exchanging = connection.exchange(request);
    const auto answer = co_await exchanging;
    check(reads, reads.targets[at], answer);
    run.recorder.finished(since, answer.body_bytes);
  }
  co_return Done{};
}

}  // namespace

std::string run(const Reads& reads) {
  EventLoop loop;
  Recorder recorder;
  Run state{reads, recorder};
  std::vector<std::unique_ptr<Connection>> connections;
  std::vector<Task<Done>> opening;
  for (std::size_t number = 0; number < reads.common.clients; ++number) {
    connections.push_back(std::make_unique<Connection>(loop, reads.common.address));
    opening.push_back(open(*connections.back()));
  }
  loop.run(opening, reads.common.patience);

  std::vector<Task<Done>> clients;
  for (std::size_t number = 0; number < connections.size(); ++number)
    clients.push_back(client(state, *connections[number], number));
  recorder.start();
  loop.run(clients, reads.common.patience);
  recorder.stop();
  return recorder.report();
}

}  // namespace berth::load
