#include "identity/identity.h"

namespace berth::identity {

Identity::Identity(Context with, const SecretBox& box, http::RepositoryLookup repositories, const Settings& settings)
    : context(with),
      signing_key_lifetime(settings.signing_key_lifetime),
      hasher(settings.password_cost),
      throttle(settings.throttle),
      passwords(context.database, hasher, throttle, settings.pending),
      users(context, hasher),
      groups(context),
      sessions(context, settings.session_lifetime),
      access_tokens(context),
      robots(context),
      credentials(context.database, passwords),
      signing_keys(context, box),
      registry_tokens(signing_keys, settings.token_lifetime),
      refresh_tokens(box, settings.refresh_lifetime),
      token_service({.credentials = credentials,
                     .registry_tokens = registry_tokens,
                     .refresh_tokens = refresh_tokens,
                     .repositories = std::move(repositories),
                     .public_url = settings.public_url}),
      authenticator(credentials, registry_tokens, sessions, settings.public_url),
      login_places(credentials) {}

void Identity::sweep() {
  const auto now = context.clock.now();
  signing_keys.rotate_if_older(signing_key_lifetime);
  sessions.sweep(now);
  while (robots.sweep(now) > 0) {
  }
}

}  // namespace berth::identity
