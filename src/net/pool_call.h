#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>

#include "base/worker_pool.h"
#include "net/asio.h"

namespace berth::net {

/// One piece of blocking work on a pool, whose result comes back to the loop: start(), do other things, result().
///
/// Everything but the work itself is on the loop's thread. The coroutine that started it must not end before
/// result() has given its value: the work may use what that coroutine owns.
template <class T>
class PoolCall {
 public:
  PoolCall(Executor executor, std::move_only_function<T()> work)
      : state_(std::make_shared<State>(executor, std::move(work))) {}

  /// False when the pool's queue is full; may be tried again.
  [[nodiscard]] bool start(WorkerPool& pool) {
    return pool.submit([state = state_] { run(state); });
  }

  /// For work in the middle of a request: waits a while for room in a full queue. False when there was none.
  Task<bool> start_when_possible(WorkerPool& pool) {
    const auto until = SteadyClock::now() + std::chrono::seconds(10);
    while (!start(pool)) {
      if (SteadyClock::now() >= until) co_return false;
      Timer pause(state_->executor, std::chrono::milliseconds(5));
      co_await pause.async_wait(kUseTask);
    }
    co_return true;
  }

  [[nodiscard]] bool done() const { return state_->done; }

  /// What the work returned; throws what it threw. Once.
  Task<T> result() {
    if (!state_->done)
      co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(kPark, kUseTask, state_.get());
    if (state_->thrown) std::rethrow_exception(state_->thrown);
    co_return std::move(*state_->value);
  }

 private:
  struct State {
    State(Executor on, std::move_only_function<T()> what) : executor(on), work(std::move(what)) {}
    Executor executor;
    std::move_only_function<T()> work;
    std::optional<T> value;                  // written on the pool, read on the loop after the post() below
    std::exception_ptr thrown;               // same
    bool done = false;                       // loop only
    std::move_only_function<void()> parked;  // loop only
  };

  static constexpr auto kPark = [](auto handler, State* state) {
    state->parked = [held = std::move(handler)]() mutable { std::move(held)(); };
  };

  static void run(const std::shared_ptr<State>& state) {
    try {
      state->value.emplace(state->work());
    } catch (...) {
      state->thrown = std::current_exception();
    }
    state->work = nullptr;  // what it owns may block when it goes: here, not on the loop
    asio::post(state->executor, [state] {
      state->done = true;
      if (auto waiting = std::exchange(state->parked, nullptr)) waiting();
    });
  }

  std::shared_ptr<State> state_;
};

}  // namespace berth::net
