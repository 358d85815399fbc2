#pragma once

#include <semaphore>

#include "access/snapshot.h"
#include "identity/context.h"
#include "identity/expiring_cache.h"
#include "identity/login_throttle.h"
#include "identity/passwords.h"
#include "identity/pending_checks.h"

namespace berth::identity {

/// Checks people's passwords: throttled, in a time that does not tell whether the login exists, and remembered for a
/// minute.
///
/// Thread-safe. The first check of a password costs one argon2id and one row; while it is remembered, a keyed hash.
/// What is remembered hangs on the version of the user's row, so that a changed password, a disabled or a removed user
/// ends it with the next snapshot. At most four argon2id run at a time (memory); equal attempts wait for one answer.
class PasswordChecks {
 public:
  PasswordChecks(db::Database& database, const PasswordHasher& hasher, LoginThrottle& throttle,
                 const PendingChecks::Limits& limits);

  /// kUnauthenticated, with the same words whatever was wrong; kTooManyRequests.
  [[nodiscard]] Result<UserId> check(const access::Snapshot& snapshot, const Attempt& attempt,
                                     std::string_view password, Time now);

  /// A place for a request that is about to check(); null where check() knows the answer. An error where it has to
  /// wait, or where too many wait already (PendingChecks). Never waits.
  [[nodiscard]] Result<std::shared_ptr<void>> wait(const access::Snapshot& snapshot, const Attempt& attempt,
                                                   std::string_view password, Time now);

 private:
  std::string key_of(const access::User* user, const Attempt& attempt, std::string_view password) const;
  [[nodiscard]] Result<void> find_out(PendingChecks::Check& check, const access::User* user, const Attempt& attempt,
                                      std::string_view password, Time now);
  bool matches(const access::User* user, std::string_view password);

  db::Database& database_;
  const PasswordHasher& hasher_;
  LoginThrottle& throttle_;
  const std::string secret_;  // of this process: what is remembered is of no use elsewhere
  std::counting_semaphore<4> running_{4};
  PendingChecks pending_;
  ExpiringCache<bool> verified_;
};

}  // namespace berth::identity
