#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "db/database.h"

namespace berth::db {

/// Hears what other replicas notify, over a PostgreSQL connection and a thread of its own, and wakes whom it concerns;
/// everybody once in every `tick`, and after the connection was lost, for then news may have been lost too. Followers
/// are told the news themselves, and how far they reach: four times in a tick the server is asked. Reconnects for as
/// long as it lives.
/// Any thread may subscribe. The destructor returns when no wake function runs any more.
class Listener {
 public:
  explicit Listener(std::string uri, std::chrono::milliseconds tick = std::chrono::seconds(1));
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void subscribe(std::string channel, std::function<void()> wake);
  void follow(std::string channel, std::shared_ptr<Follower> follower);

 private:
  struct Link;

  void work(const std::stop_token& stop);
  /// Until the connection is lost. False when it never came to listening: not to be tried again at once.
  bool serve(Link& link, const std::stop_token& stop);
  bool listen_where_missing(Link& link);
  /// Until there is news on `socket` (none: -1), a new subscription, the end of the listener, or `most` has passed.
  void wait(int socket, std::chrono::milliseconds most) const;
  void poke() const;
  void hear(Link& link);
  void ask(Link& link);
  void wake(const std::string& channel);
  void wake_all();
  [[nodiscard]] std::multimap<std::string, std::function<void()>> subscriptions();
  using Followers = std::multimap<std::string, std::shared_ptr<Follower>>;
  [[nodiscard]] Followers followers();
  void tell_lost();

  const std::string uri_;
  const std::chrono::milliseconds tick_;
  int signal_;  // an eventfd: interrupts wait()
  std::mutex mutex_;
  std::multimap<std::string, std::function<void()>> subscriptions_;
  Followers followers_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace berth::db
