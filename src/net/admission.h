#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "net/limits.h"

namespace berth::net {

/// Counts open connections, all together and per peer. Any thread; must outlive its tickets.
class Admission {
 public:
  explicit Admission(const Limits& limits)
      : total_limit_(limits.connections),
        peer_limit_(limits.connections_per_peer) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  enum class Refused { kTotal, kPeer };

  /// One connection's place; gives it back when it goes.
  class Ticket {
   public:
    Ticket(Admission& home, std::string peer) : home_(&home), peer_(std::move(peer)) {}
    Ticket(Ticket&& other) noexcept : home_(std::exchange(other.home_, nullptr)), peer_(std::move(other.peer_)) {}
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket() {
      if (home_ != nullptr) home_->leave(peer_);
    }

   private:
    Admission* home_;
    std::string peer_;
  };

  /// `peer` "" counts in the total only: trusted proxies, behind which everybody may be.
  std::expected<Ticket, Refused> enter(const std::string& peer);

 private:
  void leave(const std::string& peer);

  const std::size_t total_limit_;
  const std::size_t peer_limit_;
  std::mutex mutex_;
  std::size_t total_ = 0;
  std::unordered_map<std::string, std::size_t> peers_;
};

}  // namespace berth::net
