#include "app/periodic.h"

#include "base/log.h"

namespace berth::app {
namespace {

using Steady = std::chrono::steady_clock;

void run_logged(const Periodic::Chore& chore) {
  try {
    chore.run();
  } catch (const std::exception& error) {
    log::warning("a periodic chore failed and will be tried again", {{"chore", chore.name}, {"reason", error.what()}});
  }
}

}  // namespace

Periodic::Periodic(std::vector<Chore> chores) : chores_(std::move(chores)), thread_([this] { work(); }) {}

Periodic::~Periodic() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

void Periodic::work() {
  std::vector<Steady::time_point> due;
  for (const auto& chore : chores_) due.push_back(Steady::now() + chore.every);
  std::unique_lock lock(mutex_);
  while (!chores_.empty()) {
    const auto next = std::ranges::min_element(due);
    if (wake_.wait_until(lock, *next, [this] { return stopping_; })) return;
    const auto& chore = chores_[static_cast<std::size_t>(next - due.begin())];
    lock.unlock();
    run_logged(chore);
    lock.lock();
    *next = Steady::now() + chore.every;
  }
}

}  // namespace berth::app
