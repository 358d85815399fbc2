#include "event_loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace berth::load {

EventLoop::EventLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

EventLoop::~EventLoop() {
  ::close(epoll_);
}

void EventLoop::watch(int descriptor, Waiter& waiter) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &waiter;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void EventLoop::run(std::vector<Task<Done>>& clients, std::chrono::milliseconds patience) {
  for (auto& client : clients) client.start();
  std::array<epoll_event, 256> events;
  const auto running = [](const Task<Done>& client) { return !client.done(); };
  while (std::ranges::any_of(clients, running)) {
    const int count = ::epoll_wait(epoll_, events.data(), events.size(), static_cast<int>(patience.count()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw std::system_error(errno, std::generic_category(), "epoll_wait");
    if (count == 0) throw std::runtime_error("the server has not answered anything for too long");
    for (int at = 0; at < count; ++at) {
      auto& waiter = *static_cast<Waiter*>(events[static_cast<std::size_t>(at)].data.ptr);
      // An edge may come while its coroutine waits for nothing: it will try its call before it waits.
      if (const auto waiting = std::exchange(waiter.coroutine, nullptr)) waiting.resume();
    }
  }
  for (auto& client : clients) client.result();
}

}  // namespace berth::load
