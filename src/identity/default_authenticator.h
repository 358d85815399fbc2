#pragma once

#include "identity/authenticator.h"
#include "identity/credentials.h"
#include "identity/registry_tokens.h"
#include "identity/sessions.h"

namespace berth::identity {

/// The authenticator of the server. An Authorization header goes before a cookie.
class DefaultAuthenticator final : public Authenticator {
 public:
  /// All outlive this. `public_url` is the server's, or empty (http/challenge.h: it names the tokens' audience).
  DefaultAuthenticator(Credentials& credentials, RegistryTokens& tokens, Sessions& sessions, std::string public_url)
      : credentials_(credentials),
        tokens_(tokens),
        sessions_(sessions),
        public_url_(std::move(public_url)) {}

  Result<access::Subject> authenticate(const http::Request& request, Surface surface, const access::Snapshot& snapshot,
                                       Time now) override;
  std::optional<access::Subject> recall(const http::Request& request, const access::Snapshot& snapshot,
                                        Time now) override;

 private:
  Result<access::Subject> bearer(const Bearer& bearer, const http::Request& request, Surface surface,
                                 const Credentials::Moment& moment);
  Result<access::Subject> registry_token(const Bearer& bearer, const http::Request& request,
                                         const Credentials::Moment& moment);
  [[nodiscard]] static bool owner_is_good(const TokenClaims& claims, const access::Snapshot& snapshot, Time now);
  Result<access::Subject> cookie(const http::Request& request, const Credentials::Moment& moment);

  Credentials& credentials_;
  RegistryTokens& tokens_;
  Sessions& sessions_;
  const std::string public_url_;
};

}  // namespace berth::identity
