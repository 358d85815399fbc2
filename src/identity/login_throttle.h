#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/error.h"
#include "identity/known_addresses.h"

namespace berth::identity {

/// Where one attempt to log in comes from and where it goes.
struct Attempt {
  std::string_view login;
  std::string_view address;  // counts as ClientAddress says
};

/// Slows down whoever guesses passwords: after a few wrong ones, each further attempt on the same account or from the
/// same address waits twice as long as the one before. Bounded in memory, thread-safe, and without a clock of its own.
///
/// For human passwords only: machine secrets cannot be guessed, and a cluster with a stale one must not lock out its
/// neighbours behind the same address. An account waits a minute at most, an address a quarter of an hour.
///
/// An address from which an account logged in lately (KnownAddresses) has a count of its own for that account:
/// strangers who guess make each other wait, not the owner. Whoever comes from a new address while strangers guess
/// waits with them.
class LoginThrottle {
 public:
  struct Limit {
    std::uint32_t free;  // attempts before the first wait
    Duration first_wait;
    Duration longest_wait;
  };
  struct Limits {
    Limit account{5, std::chrono::seconds(1), std::chrono::minutes(1)};  // of strangers together; of a known address
    Limit address{20, std::chrono::seconds(1), std::chrono::minutes(15)};
    Limit network{100, std::chrono::seconds(1), std::chrono::minutes(15)};  // an IPv6 /48
    Duration forget_after = std::chrono::minutes(15);                       // without an attempt
    std::size_t entries = 10'000;                                           // of each kind
  };

  LoginThrottle() : LoginThrottle(Limits{}) {}
  explicit LoginThrottle(const Limits& limits) : limits_(limits), known_(limits.entries) {}

  /// Counts the attempt as failed until succeeded() says otherwise, so that guesses in parallel count too.
  /// kTooManyRequests with retry_after while the account or the address has to wait; such an attempt is not counted.
  [[nodiscard]] Result<void> admit(const Attempt& attempt, Time now);
  /// What admit() would say, without counting.
  [[nodiscard]] Result<void> ask(const Attempt& attempt, Time now) const;
  /// Forgets the failures that it was counted with, and this attempt of the address; the address is a known one now.
  void succeeded(const Attempt& attempt, Time now);

  [[nodiscard]] bool knows(const Attempt& attempt, Time now) const;

  /// Accounts and addresses that are counted.
  [[nodiscard]] std::size_t size() const;

 private:
  struct Entry {
    std::uint32_t failures = 0;
    Time last;
    Time blocked_until;
  };
  using Entries = std::unordered_map<std::string, Entry>;
  struct Keys {
    bool known;  // whether `account` is of owners_, else of accounts_
    std::string account;
    std::string address;
    std::string network;  // empty: none
  };

  [[nodiscard]] Keys keys_of(const Attempt& attempt, Time now) const;
  [[nodiscard]] Result<void> look(const Keys& keys, Time now) const;
  Entries& counts_of(const Keys& keys) { return keys.known ? owners_ : accounts_; }
  static Duration wait_of(const Entries& entries, const std::string& key, Time now);
  void charge(Entries& entries, const std::string& key, const Limit& limit, Time now);
  static void forgive(Entries& entries, const std::string& key);
  void make_room(Entries& entries, Time now) const;

  const Limits limits_;
  KnownAddresses known_;
  mutable std::mutex mutex_;
  Entries accounts_;  // what strangers try
  Entries owners_;    // (known address, account): nothing that a stranger says gets in here
  Entries addresses_;
  Entries networks_;
};

}  // namespace berth::identity
