#pragma once

#include <string>
#include <string_view>

#include "access/subject.h"
#include "base/clock.h"
#include "base/secret_box.h"

namespace berth::identity {

/// What docker login keeps in the place of a password: opens the token service and nothing else. It says who asked,
/// with which credential, and until when; sealed, so that it cannot be read, changed or mistaken for a registry token.
///
/// Nothing is kept here: it ends with its subject (disabled, removed, expired) and with the credential it was made from
/// (another password, a rotated secret), which the token service checks at each use. Any thread.
class RefreshTokens {
 public:
  /// `box` outlives this.
  RefreshTokens(const SecretBox& box, Duration life) : box_(box), life_(life) {}

  struct Claims {
    access::Subject subject;
    std::string credential_mark;
  };
  [[nodiscard]] std::string issue(const Claims& claims, Time now) const;
  /// kUnauthenticated for anything that issue() did not make, and when it is over.
  [[nodiscard]] Result<Claims> open(std::string_view token, Time now) const;

 private:
  const SecretBox& box_;
  const Duration life_;
};

}  // namespace berth::identity
