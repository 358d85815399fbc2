#pragma once

#include "http/guard.h"
#include "http/route.h"
#include "identity/access_tokens.h"
#include "identity/default_authenticator.h"
#include "identity/groups.h"
#include "identity/login_places.h"
#include "identity/robots.h"
#include "identity/token_service.h"
#include "identity/users.h"

namespace berth::identity {

struct Settings {
  std::string public_url;  // empty: what each request says
  Duration token_lifetime = std::chrono::minutes(5);
  Duration signing_key_lifetime = std::chrono::days(30);
  Duration session_lifetime = std::chrono::hours(12);
  Duration refresh_lifetime = std::chrono::days(90);
  PasswordCost password_cost;
  LoginThrottle::Limits throttle;
  PendingChecks::Limits pending;
};

/// Everything of this folder, wired: the composition root makes one, after the snapshot, and takes routes() and the
/// authenticator from it. Thread-safe as each of its parts is. The parts are public: this has no behaviour of its own.
struct Identity {
  /// `context` and `box` outlive this. Throws when the signing keys cannot be read (SigningKeys).
  Identity(Context context, const SecretBox& box, http::RepositoryLookup repositories, const Settings& settings);
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

  /// Removes what is over: sessions, temporary robots; replaces a signing key that is old enough. To be called every
  /// minute or so.
  void sweep();

  Context context;
  const Duration signing_key_lifetime;
  PasswordHasher hasher;
  LoginThrottle throttle;
  PasswordChecks passwords;
  Users users;
  Groups groups;
  Sessions sessions;
  AccessTokens access_tokens;
  Robots robots;
  Credentials credentials;
  SigningKeys signing_keys;
  RegistryTokens registry_tokens;
  RefreshTokens refresh_tokens;
  TokenService token_service;
  DefaultAuthenticator authenticator;
  LoginPlaces login_places;
};

/// `identity` outlives the routes.
[[nodiscard]] http::Routes routes(Identity& identity);

}  // namespace berth::identity
