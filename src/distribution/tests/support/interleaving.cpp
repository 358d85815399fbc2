#include "distribution/tests/support/interleaving.h"

namespace berth::distribution::testing {
namespace {

constexpr std::size_t kNobody = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

thread_local std::size_t this_actor = kNobody;
thread_local std::size_t steps_to_live = kNever;

class SteppedSession final : public blob::UploadSession {
 public:
  SteppedSession(std::unique_ptr<blob::UploadSession> inner, Stage& stage) : inner_(std::move(inner)), stage_(stage) {}
  Result<void> append(std::string_view bytes) override { return inner_->append(bytes); }
  [[nodiscard]] std::int64_t received() const override { return inner_->received(); }
  Result<blob::SessionState> suspend() override { return inner_->suspend(); }
  Result<void> commit(const blob::ObjectName& name) override {
    stage_.step();
    return inner_->commit(name);
  }
  void cancel() noexcept override { inner_->cancel(); }

 private:
  std::unique_ptr<blob::UploadSession> inner_;
  Stage& stage_;
};

}  // namespace

std::size_t Schedules::choose(std::size_t enabled) {
  if (at_ == choices_.size()) choices_.push_back({0, enabled});
  if (choices_[at_].enabled != enabled) throw std::logic_error("the same schedule went another way");
  return choices_[at_++].taken;
}

bool Schedules::advance() {
  at_ = 0;
  while (!choices_.empty() && choices_.back().taken + 1 >= choices_.back().enabled) choices_.pop_back();
  if (choices_.empty()) return false;
  ++choices_.back().taken;
  return true;
}

std::string Schedules::text() const {
  std::string all;
  for (const auto& choice : choices_) all += std::to_string(choice.taken);
  return all;
}

void Stage::act(std::size_t actor, const std::function<void()>& work) {
  this_actor = actor;
  try {
    work();  // up to its first step it touches nothing that the others see
  } catch (const Crash&) {
    live();
  }
  const std::lock_guard lock(mutex_);
  states_[actor] = State::kOver;
  changed_.notify_all();
}

void Stage::run(const std::vector<std::function<void()>>& actors, Schedules& schedules) {
  states_.assign(actors.size(), State::kActing);
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < actors.size(); ++i) threads.emplace_back([&, i] { act(i, actors[i]); });
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return std::ranges::find(states_, State::kActing) == states_.end(); });
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < states_.size(); ++i)
      if (states_[i] == State::kReady) ready.push_back(i);
    if (ready.empty()) return;
    states_[ready[ready.size() == 1 ? 0 : schedules.choose(ready.size())]] = State::kActing;
    changed_.notify_all();
  }
}

void Stage::step() {
  if (steps_to_live == 0) throw Crash();
  if (steps_to_live != kNever) --steps_to_live;
  if (this_actor == kNobody) return;
  std::unique_lock lock(mutex_);
  states_[this_actor] = State::kReady;
  changed_.notify_all();
  changed_.wait(lock, [&] { return states_[this_actor] == State::kActing; });
}

void Stage::crash_at(std::size_t n) {
  steps_to_live = n;
}
void Stage::live() {
  steps_to_live = kNever;
}

void SteppedDatabase::run_write(const std::function<bool(db::Connection&)>& work) {
  stage_.step();
  ForwardingDatabase::run_write(work);
}

void SteppedDatabase::run_read(const std::function<void(db::Connection&)>& work) {
  stage_.step();
  ForwardingDatabase::run_read(work);
}

Result<std::unique_ptr<blob::UploadSession>> SteppedStore::begin(std::string_view id) {
  auto session = inner_.begin(id);
  if (!session) return session;
  return std::make_unique<SteppedSession>(std::move(*session), stage_);
}

}  // namespace berth::distribution::testing
