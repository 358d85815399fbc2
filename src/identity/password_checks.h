#pragma once

#include <array>
#include <mutex>

#include "access/snapshot.h"
#include "identity/context.h"
#include "identity/expiring_cache.h"
#include "identity/login_throttle.h"
#include "identity/passwords.h"

namespace berth::identity {

/// Checks people's passwords: throttled, in a time that does not tell whether the login exists, and remembered for a
/// minute.
///
/// Thread-safe. The first check of a password costs one argon2id and one row; while it is remembered, a keyed hash.
/// What is remembered hangs on the version of the user's row, so that a changed password, a disabled or a removed user
/// ends it with the next snapshot. At most four argon2id run at a time (memory); equal attempts queue and share the
/// answer.
class PasswordChecks {
 public:
  PasswordChecks(db::Database& database, const PasswordHasher& hasher, LoginThrottle& throttle);

  /// kUnauthenticated, with the same words whatever was wrong; kTooManyRequests.
  [[nodiscard]] Result<UserId> check(const access::Snapshot& snapshot, const Attempt& attempt,
                                     std::string_view password, Time now);

 private:
  std::string key_of(const access::User& user, std::string_view password) const;
  bool matches(const access::User* user, std::string_view password);

  db::Database& database_;
  const PasswordHasher& hasher_;
  LoginThrottle& throttle_;
  const std::string secret_;  // of this process: what is remembered is of no use elsewhere
  std::array<std::mutex, 4> lanes_;
  ExpiringCache<bool> verified_;
};

}  // namespace berth::identity
