#pragma once

#include <memory>
#include <string>
#include <vector>

#include "access/subject.h"
#include "base/keyed_hash.h"
#include "identity/expiring_cache.h"
#include "identity/signing_keys.h"

namespace berth::identity {

/// What a registry token says, once its signature was checked.
struct TokenClaims {
  access::Subject subject;      // with the token's scope
  std::string credential_mark;  // Credentials::token_mark(): another secret or password ends the tokens
  std::string kid;
  std::string audience;
  Time not_before;
  Time expires_at;
};

/// The tokens that /v2 takes (distribution token specification; RFC 7519): JWT, ES256 and nothing else. A token only
/// says who asks and how little of it the subject's rights may be used for: rights are decided at each request.
///
/// Thread-safe. A verified token is remembered by a keyed hash until it ends, so that it costs a signature once.
class RegistryTokens {
 public:
  /// `life` is kept between 60 s (the specification's least) and SigningKeys::kLongestLife. `keys` outlives this.
  RegistryTokens(SigningKeys& keys, Duration life);

  static constexpr std::size_t kMaxBytes = 8192;

  struct Grant {
    access::Subject subject;  // with the scope
    std::string credential_mark;
    std::string audience;  // the service's name
  };
  struct Issued {
    std::string token;
    Duration life;
  };
  /// kInvalid when the scope makes the token longer than kMaxBytes.
  [[nodiscard]] Result<Issued> issue(const Grant& grant, Time now);

  /// kUnauthenticated for everything but a token that we signed, with one of our keys, for this audience, and for now.
  [[nodiscard]] Result<std::shared_ptr<const TokenClaims>> verify(std::string_view token, std::string_view audience,
                                                                  Time now);
  /// What verify() gives for a token that was verified before and is good now; else null. A hash and a look-up: no
  /// signature, no database.
  [[nodiscard]] std::shared_ptr<const TokenClaims> recall(std::string_view token, std::string_view audience, Time now);

 private:
  using Claims = std::shared_ptr<const TokenClaims>;
  [[nodiscard]] static Result<void> check_claims(const TokenClaims& said, std::string_view audience, Time now);
  [[nodiscard]] Result<Claims> check_signature(std::string_view token, Time now);

  SigningKeys& keys_;
  const Duration life_;
  const KeyedHash hash_;
  ExpiringCache<Claims, KeyedHash::Value> verified_;
};

}  // namespace berth::identity
