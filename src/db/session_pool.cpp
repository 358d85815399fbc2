#include "db/session_pool.h"

namespace berth::db {

SessionPool::Lease SessionPool::take() {
  auto session = wait_for_turn();
  if (!session) {
    try {
      session = connect_();
    } catch (...) {
      give_back(nullptr);
      throw;
    }
  }
  return {*this, std::move(session)};
}

std::unique_ptr<Session> SessionPool::wait_for_turn() {
  std::unique_lock lock(mutex_);
  if (lent_ < size_) {
    ++lent_;
  } else {
    Waiter self;
    waiting_.push_back(&self);
    if (!self.granted_signal.wait_for(lock, patience_, [&] { return self.granted; })) {
      std::erase(waiting_, &self);
      throw Failure("the database is too busy: no connection became free in time", true);
    }
  }
  if (idle_.empty()) return nullptr;
  auto session = std::move(idle_.back());
  idle_.pop_back();
  return session;
}

void SessionPool::give_back(std::unique_ptr<Session> session) {
  if (session && session->broken()) session.reset();
  const std::lock_guard lock(mutex_);
  if (session) idle_.push_back(std::move(session));
  if (waiting_.empty())
    --lent_;
  else
    grant_next();
}

// The turn goes from hand to hand, so that nobody who comes later slips in between.
void SessionPool::grant_next() {
  auto* next = waiting_.front();
  waiting_.pop_front();
  next->granted = true;
  next->granted_signal.notify_one();
}

}  // namespace berth::db
