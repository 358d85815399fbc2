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

  /// A server that refuses (a standby does) is as good as none: whoever believed in it would never hear anything.
  void listen(const std::string& channel) {
    char* quoted = PQescapeIdentifier(connection.get(), channel.data(), channel.size());
    if (quoted == nullptr) return;
    const std::unique_ptr<PGresult, decltype(&PQclear)> done(
        PQexec(connection.get(), fmt::format("LISTEN {}", quoted).c_str()), &PQclear);
    PQfreemem(quoted);
    if (PQresultStatus(done.get()) == PGRES_COMMAND_OK)
      heard.insert(channel);
    else
      connection.reset();
  }
  struct News {
    std::string channel;
    std::string payload;
  };
  [[nodiscard]] std::vector<News> take_news() {
    std::vector<News> all;
    if (PQconsumeInput(connection.get()) == 0) return all;
    while (PGnotify* news = PQnotifies(connection.get())) {
      all.push_back({news->relname, news->extra});
      PQfreemem(news);
    }
    return all;
  }
  /// There and back: the server sends what it has for us before it answers.
  [[nodiscard]] bool ask() {
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer(PQexec(connection.get(), "SELECT 1"), &PQclear);
    return PQresultStatus(answer.get()) == PGRES_TUPLES_OK;
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection;
  std::set<std::string> heard;    // channels
  std::set<Follower*> followers;  // that were told that it began
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

void Listener::follow(std::string channel, std::shared_ptr<Follower> follower) {
  {
    const std::lock_guard lock(mutex_);
    followers_.emplace(std::move(channel), std::move(follower));
  }
  poke();
}

void Listener::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Link link(uri_);
    const bool served = link.up() && serve(link, stop);
    tell_lost();
    if (served || stop.stop_requested()) continue;
    wait(-1, kRetry);
    wake_all();
  }
}

bool Listener::serve(Link& link, const std::stop_token& stop) {
  auto next_tick = Steady::now() + tick_;
  auto next_question = Steady::now();
  bool served = false;
  while (link.up()) {
    // What was notified before LISTEN took effect is not delivered.
    const bool more = listen_where_missing(link);
    if (!link.up()) return served;
    if (more) wake_all();
    served = true;
    const auto next = link.followers.empty() ? next_tick : std::min(next_tick, next_question);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Steady::now());
    wait(link.socket(), std::max(left, std::chrono::milliseconds(0)));
    if (stop.stop_requested()) return served;
    hear(link);
    if (!link.followers.empty() && Steady::now() >= next_question) {
      ask(link);
      next_question = Steady::now() + tick_ / 4;
    }
    if (Steady::now() < next_tick) continue;
    wake_all();
    next_tick = Steady::now() + tick_;
  }
  return served;
}

bool Listener::listen_where_missing(Link& link) {
  bool any = false;
  for (const auto& [channel, _] : subscriptions()) {
    if (link.heard.contains(channel)) continue;
    link.listen(channel);
    any = true;
  }
  for (const auto& [channel, follower] : followers()) {
    if (!link.followers.insert(follower.get()).second) continue;
    if (!link.heard.contains(channel)) link.listen(channel);
    if (link.up()) follower->began();
  }
  return any;
}

void Listener::hear(Link& link) {
  std::set<std::string> channels;
  for (const auto& [channel, payload] : link.take_news()) {
    channels.insert(channel);
    for (const auto& [followed, follower] : followers())
      if (followed == channel) follower->heard(payload);
  }
  for (const auto& channel : channels) wake(channel);
}

void Listener::ask(Link& link) {
  const auto moment = Steady::now();
  if (!link.ask()) return;
  hear(link);
  if (!link.up()) return;
  for (const auto& [_, follower] : followers())
    if (link.followers.contains(follower.get())) follower->up_to_date(moment);
}

void Listener::tell_lost() {
  for (const auto& [_, follower] : followers()) follower->lost();
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

Listener::Followers Listener::followers() {
  const std::lock_guard lock(mutex_);
  return followers_;
}

}  // namespace berth::db
