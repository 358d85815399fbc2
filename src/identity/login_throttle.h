#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/error.h"

namespace berth::identity {

/// Where one attempt to log in comes from and where it goes.
struct Attempt {
  std::string_view login;
  std::string_view address;  // an IPv6 address counts with its whole /64: one customer has that many
};

/// Slows down whoever guesses passwords: after a few wrong ones, each further attempt on the same account or from the
/// same address waits twice as long as the one before. Bounded in memory, thread-safe, and without a clock of its own.
///
/// For human passwords only: machine secrets cannot be guessed, and a cluster with a stale one must not lock out its
/// neighbours behind the same address. An account waits a minute at most, so that nobody can lock out another person
/// for longer; an address a quarter of an hour.
class LoginThrottle {
 public:
  struct Limit {
    std::uint32_t free;  // attempts before the first wait
    Duration first_wait;
    Duration longest_wait;
  };
  struct Limits {
    Limit account{5, std::chrono::seconds(1), std::chrono::minutes(1)};
    Limit address{20, std::chrono::seconds(1), std::chrono::minutes(15)};
    Duration forget_after = std::chrono::minutes(15);  // without an attempt
    std::size_t entries = 10'000;                      // of each kind
  };

  LoginThrottle() : LoginThrottle(Limits{}) {}
  explicit LoginThrottle(const Limits& limits) : limits_(limits) {}

  /// Counts the attempt as failed until succeeded() says otherwise, so that guesses in parallel count too.
  /// kTooManyRequests with retry_after while the account or the address has to wait; such an attempt is not counted.
  [[nodiscard]] Result<void> admit(const Attempt& attempt, Time now);
  /// Forgets the account's failures, and this attempt of the address.
  void succeeded(const Attempt& attempt);

  /// Accounts and addresses that are remembered.
  [[nodiscard]] std::size_t size() const;

 private:
  struct Entry {
    std::uint32_t failures = 0;
    Time last;
    Time blocked_until;
  };
  using Entries = std::unordered_map<std::string, Entry>;

  Duration wait_of(const Entries& entries, const std::string& key, Time now) const;
  void charge(Entries& entries, const std::string& key, const Limit& limit, Time now);
  void make_room(Entries& entries, Time now) const;

  const Limits limits_;
  mutable std::mutex mutex_;
  Entries accounts_;
  Entries addresses_;
};

}  // namespace berth::identity
