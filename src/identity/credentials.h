#pragma once

#include "access/snapshot.h"
#include "access/subject.h"
#include "identity/authorization.h"
#include "identity/context.h"
#include "identity/password_checks.h"

namespace berth::identity {

/// Which subject a login and its secret stand for. The secret says what it is: an access token (whatever the login), a
/// robot's (login robot+…), a namespace's (login of a credential), or else a person's password.
///
/// Thread-safe. Machine secrets are looked up in the snapshot by their SHA-256; only passwords cost more
/// (PasswordChecks).
class Credentials {
 public:
  /// Both outlive this.
  Credentials(db::Database& database, PasswordChecks& passwords) : database_(database), passwords_(passwords) {}

  /// What a check needs besides the credentials.
  struct Moment {
    const access::Snapshot& snapshot;
    Time now;
    std::string_view address;
  };
  /// kUnauthenticated, in the same words whatever was wrong; kTooManyRequests.
  [[nodiscard]] Result<access::Subject> check(const Basic& basic, const Moment& moment);
  /// A place for a request that is about to check() these (PasswordChecks::wait); null for secrets of machines.
  [[nodiscard]] Result<std::shared_ptr<void>> wait(const Basic& basic, const Moment& moment);
  [[nodiscard]] static Result<access::Subject> check_access_token(std::string_view secret, const Moment& moment);

  /// True while the subject may still act: not disabled, not expired, not removed.
  [[nodiscard]] static bool good(const access::Subject& subject, const access::Snapshot& snapshot, Time now);

  /// A short text that changes when the credential behind the subject does. Costs a row for people, nothing for
  /// machines.
  [[nodiscard]] std::string mark(const access::Subject& subject, const access::Snapshot& snapshot);
  /// The like of it that registry tokens carry, out of the snapshot alone: of a robot its secret, of a person who came
  /// with a password or a session the version of the row. Else empty: what is left ends with its own row.
  [[nodiscard]] static std::string token_mark(const access::Subject& subject, const access::Snapshot& snapshot);
  /// Whether token_mark() is still this. Allocates nothing.
  [[nodiscard]] static bool has_token_mark(const access::Subject& subject, const access::Snapshot& snapshot,
                                           std::string_view mark);

 private:
  db::Database& database_;
  PasswordChecks& passwords_;
};

}  // namespace berth::identity
