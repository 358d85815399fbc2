#pragma once

#include <string>
#include <vector>

#include "events/events.h"
#include "identity/context.h"
#include "identity/limits.h"

namespace berth::identity {

/// Personal access tokens begin with this: people find them in logs and scanners in repositories.
inline constexpr std::string_view kAccessTokenPrefix = "berth_pat_";

struct AccessTokenRecord {
  AccessTokenId id;
  UserId user;
  std::string name;
  access::Grants grants;
  Time created_at;
  std::optional<Time> expires_at;
};

struct NewAccessToken {
  UserId user;
  std::string name;
  access::Grants grants;
  std::optional<Time> expires_at;
};
struct CreatedAccessToken {
  AccessTokenRecord token;
  std::string secret;  // to be shown once; kept as SHA-256 only
};

/// A user's tokens. Thread-safe; each change is one transaction with audit and snapshot, so that a removed token ends
/// at the next request.
class AccessTokens {
 public:
  explicit AccessTokens(Context context) : context_(context) {}

  /// kInvalid for an empty or long name or an expiry that is past; kDenied for more than `limits` allow; kConflict for
  /// a name that the user has, or when the user has 500 tokens.
  [[nodiscard]] Result<CreatedAccessToken> create(const NewAccessToken& wanted, const Limits& limits,
                                                  const events::Actor& by);
  /// By id.
  [[nodiscard]] std::vector<AccessTokenRecord> list(UserId user);
  /// kNotFound unless the token is the user's.
  [[nodiscard]] Result<void> remove(UserId user, AccessTokenId token, const events::Actor& by);

 private:
  Context context_;
};

}  // namespace berth::identity
