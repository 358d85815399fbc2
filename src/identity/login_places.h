#pragma once

#include <memory>

#include "http/route.h"
#include "identity/credentials.h"

namespace berth::identity {

/// Tells before a request goes on whether it will have to check a password, so that it does so where nobody else waits
/// behind it (http::Core::AwaitPassword). Thread-safe; costs a keyed hash for a password, nothing for all else.
class LoginPlaces {
 public:
  /// `credentials` outlives this.
  explicit LoginPlaces(Credentials& credentials) : credentials_(credentials) {}

  /// `body` empty: what the authenticator is about to check. Else what the handler is: a login, the form of the token
  /// service, or the current password of who changes it.
  [[nodiscard]] Result<std::shared_ptr<void>> find(const http::Call& call, std::string_view body);

 private:
  Credentials& credentials_;
};

}  // namespace berth::identity
