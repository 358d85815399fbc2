#include <deque>
#include <memory>

#include "options.h"
#include "recorder.h"
#include "upload.h"

namespace berth::load {
namespace {

/// What is still to be pushed; made and hashed before the clock starts.
struct Run {
  const BlobPushes& pushes;
  Recorder& recorder;
  std::deque<BlobSeries::Blob> waiting;
};

Task<Done> client(Run& run, Pusher& pusher) {
  while (!run.waiting.empty()) {
    const auto blob = std::move(run.waiting.front());
    run.waiting.pop_front();
    const auto since = Clock::now();
    auto pushing = pusher.push_blob(blob, run.pushes.upload);
    co_await pushing;
    run.recorder.finished(since, blob.size());
  }
  co_return Done{};
}

}  // namespace

std::string run(const BlobPushes& pushes) {
  EventLoop loop;
  Recorder recorder;
  Run state{pushes, recorder, {}};
  BlobSeries series(pushes.size);
  for (std::uint64_t number = 0; number < pushes.count; ++number) state.waiting.push_back(series.next());

  std::vector<std::unique_ptr<Pusher>> pushers;
  std::vector<Task<Done>> opening;
  for (std::size_t number = 0; number < pushes.common.clients; ++number) {
    const auto& repository = pushes.repositories[number % pushes.repositories.size()];
    pushers.push_back(std::make_unique<Pusher>(loop, pushes.common, repository, number));
    opening.push_back(pushers.back()->connect());
  }
  loop.run(opening, pushes.common.patience);

  std::vector<Task<Done>> clients;
  for (auto& pusher : pushers) clients.push_back(client(state, *pusher));
  recorder.start();
  loop.run(clients, pushes.common.patience);
  recorder.stop();
  return recorder.report();
}

}  // namespace berth::load
