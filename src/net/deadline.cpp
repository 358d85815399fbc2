#include "net/deadline.h"

namespace berth::net {

Deadline::Deadline(Executor executor, TcpSocket& socket) : state_(std::make_shared<State>(executor, socket)) {}

Deadline::~Deadline() {
  state_->socket = nullptr;
  state_->timer.cancel();
}

void Deadline::set(SteadyClock::time_point target) {
  state_->expired = false;
  state_->target = target;
  if (state_->target < state_->armed) arm(state_);
}

void Deadline::clear() {
  state_->target = SteadyClock::time_point::max();
}

void Deadline::arm(const std::shared_ptr<State>& state) {
  state->armed = state->target;
  state->timer.expires_at(state->armed);  // ends an earlier wait with operation_aborted
  state->timer.async_wait([state](const boost::system::error_code& aborted) {
    if (!aborted) fired(state);
  });
}

void Deadline::fired(const std::shared_ptr<State>& state) {
  if (state->socket == nullptr) return;
  state->armed = SteadyClock::time_point::max();
  if (state->target == SteadyClock::time_point::max()) return;
  if (SteadyClock::now() < state->target) return arm(state);
  state->target = SteadyClock::time_point::max();
  state->expired = true;
  boost::system::error_code ignored;
  state->socket->cancel(ignored);
}

}  // namespace berth::net
