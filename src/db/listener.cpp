#include "db/listener.h"

#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <set>
#include <system_error>

#include "base/log.h"
#include "db/session.h"

namespace berth::db {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kRetry(1);

void call(const std::function<void()>& wake) {
  try {
    wake();
  } catch (const std::exception& error) {
    log::error("a listener failed", {{"error", error.what()}});
  }
}

}  // namespace

struct Listener::Link {
  explicit Link(const std::string& uri) : connection(PQconnectdb(uri.c_str()), &PQfinish) {
    PQsetNoticeProcessor(connection.get(), [](void*, const char*) {}, nullptr);
  }
  [[nodiscard]] bool up() const { return PQstatus(connection.get()) == CONNECTION_OK; }
  [[nodiscard]] int socket() const { return PQsocket(connection.get()); }

  void listen(const std::string& channel) {
    char* quoted = PQescapeIdentifier(connection.get(), channel.data(), channel.size());
    if (quoted == nullptr) return;
    PQclear(PQexec(connection.get(), fmt::format("LISTEN {}", quoted).c_str()));
    PQfreemem(quoted);
    heard.insert(channel);
  }
  [[nodiscard]] std::set<std::string> take_news() {
    std::set<std::string> channels;
    if (PQconsumeInput(connection.get()) == 0) return channels;
    while (PGnotify* news = PQnotifies(connection.get())) {
      channels.insert(news->relname);
      PQfreemem(news);
    }
    return channels;
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection;
  std::set<std::string> heard;
};

Listener::Listener(std::string uri, std::chrono::milliseconds tick)
    : uri_(with_defaults(std::move(uri))),
      tick_(tick),
      signal_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (signal_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  pthread_setname_np(thread_.native_handle(), "db-listener");
}

Listener::~Listener() {
  thread_.request_stop();
  poke();
  thread_.join();
  ::close(signal_);
}

void Listener::subscribe(std::string channel, std::function<void()> wake) {
  {
    const std::lock_guard lock(mutex_);
    subscriptions_.emplace(std::move(channel), std::move(wake));
  }
  poke();
}

void Listener::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Link link(uri_);
    if (link.up()) {
      serve(link, stop);
    } else {
      wait(-1, kRetry);
      wake_all();
    }
  }
}

void Listener::serve(Link& link, const std::stop_token& stop) {
  auto next_tick = Steady::now() + tick_;
  while (link.up()) {
    // What was notified before LISTEN took effect is not delivered.
    if (listen_where_missing(link)) wake_all();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick - Steady::now());
    wait(link.socket(), std::max(left, std::chrono::milliseconds(0)));
    if (stop.stop_requested()) return;
    for (const auto& channel : link.take_news()) wake(channel);
    if (Steady::now() < next_tick) continue;
    wake_all();
    next_tick = Steady::now() + tick_;
  }
}

bool Listener::listen_where_missing(Link& link) {
  bool any = false;
  for (const auto& [channel, _] : subscriptions()) {
    if (link.heard.contains(channel)) continue;
    link.listen(channel);
    any = true;
  }
  return any;
}

void Listener::wait(int socket, std::chrono::milliseconds most) const {
  std::array<pollfd, 2> watched = {pollfd{signal_, POLLIN, 0}, pollfd{socket, POLLIN, 0}};  // poll ignores -1
  ::poll(watched.data(), watched.size(), static_cast<int>(most.count()));
  std::uint64_t count = 0;
  [[maybe_unused]] const auto ignored = ::read(signal_, &count, sizeof(count));
}

void Listener::poke() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto ignored = ::write(signal_, &one, sizeof(one));
}

void Listener::wake(const std::string& channel) {
  for (const auto& [subscribed, wake] : subscriptions()) {
    if (subscribed == channel) call(wake);
  }
}

void Listener::wake_all() {
  for (const auto& [_, wake] : subscriptions()) call(wake);
}

std::multimap<std::string, std::function<void()>> Listener::subscriptions() {
  const std::lock_guard lock(mutex_);
  return subscriptions_;
}

}  // namespace berth::db
