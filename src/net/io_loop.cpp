#include "net/io_loop.h"

#include <pthread.h>

#include "net/connection.h"

namespace berth::net {

IoLoop::IoLoop(Services& services)
    : services_(services),
      body_buffers_(services.limits.body_buffer_bytes, services.limits.body_buffers_per_loop) {}

IoLoop::~IoLoop() = default;

void IoLoop::run() {
  thread_ = std::jthread([this] { context_.run(); });
  pthread_setname_np(thread_.native_handle(), "net");
}

void IoLoop::drain(SteadyClock::time_point deadline) {
  asio::post(context_, [this, deadline] { begin_drain(deadline); });
}

void IoLoop::begin_drain(SteadyClock::time_point deadline) {
  draining_ = true;
  for (auto* connection : connections_) connection->drain();
  drain_deadline_.expires_at(deadline);
  drain_deadline_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    for (auto* connection : connections_) connection->abort();
  });
  end_if_drained();
}

void IoLoop::end_if_drained() {
  if (!draining_ || !connections_.empty()) return;
  drain_deadline_.cancel();
  alive_.reset();
}

void IoLoop::join() {
  if (thread_.joinable()) thread_.join();
}

std::string_view IoLoop::http_date() {
  const auto now = services_.clock.now();
  const auto second = to_millis(now) / 1000;
  if (second != date_second_) {
    date_ = to_http_date(now);
    date_second_ = second;
  }
  return date_;
}

void IoLoop::entered(Connection& connection) {
  connections_.insert(&connection);
  if (draining_) connection.drain();
}

void IoLoop::left(Connection& connection) {
  connections_.erase(&connection);
  forget_connection();
  end_if_drained();
}

}  // namespace berth::net
