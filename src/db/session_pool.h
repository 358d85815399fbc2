#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "db/session.h"

namespace berth::db {

/// At most `size` sessions, connected when first needed, lent to one thread each. Who asks first is served first; who
/// waits longer than `patience` gets a Failure (unavailable). Any thread; must outlive its leases.
class SessionPool {
 public:
  using Connect = std::function<std::unique_ptr<Session>()>;

  /// A session on loan. Broken sessions are not taken back: the next who asks gets a new one.
  class Lease {
   public:
    Lease(SessionPool& pool, std::unique_ptr<Session> session) : pool_(pool), session_(std::move(session)) {}
    ~Lease() { pool_.give_back(std::move(session_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    [[nodiscard]] Session& operator*() { return *session_; }
    [[nodiscard]] Session* operator->() { return session_.get(); }
    /// Replaces the session by a new one.
    void reconnect() { session_ = pool_.connect_(); }

   private:
    SessionPool& pool_;
    std::unique_ptr<Session> session_;
  };

  SessionPool(std::size_t size, std::chrono::milliseconds patience, Connect connect)
      : size_(size),
        patience_(patience),
        connect_(std::move(connect)) {}

  [[nodiscard]] Lease take();

 private:
  struct Waiter {
    std::condition_variable granted_signal;
    bool granted = false;
  };

  [[nodiscard]] std::unique_ptr<Session> wait_for_turn();
  void give_back(std::unique_ptr<Session> session);
  void grant_next();

  const std::size_t size_;
  const std::chrono::milliseconds patience_;
  const Connect connect_;
  std::mutex mutex_;
  std::size_t lent_ = 0;
  std::deque<Waiter*> waiting_;
  std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace berth::db
