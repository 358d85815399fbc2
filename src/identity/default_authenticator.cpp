#include "identity/default_authenticator.h"

#include "http/challenge.h"
#include "identity/access_tokens.h"

namespace berth::identity {

using access::Subject;

Result<Subject> DefaultAuthenticator::authenticate(const http::Request& request, Surface surface,
                                                   const access::Snapshot& snapshot, Time now) {
  const auto authorization = parse_authorization(request.headers);
  if (!authorization) return fail(authorization.error());
  const Credentials::Moment moment{snapshot, now, request.peer_address};
  if (const auto* basic = std::get_if<Basic>(&*authorization)) return credentials_.check(*basic, moment);
  if (const auto* given = std::get_if<Bearer>(&*authorization)) return bearer(*given, request, surface, moment);
  return surface == Surface::kApi ? cookie(request, moment) : Subject{};
}

Result<Subject> DefaultAuthenticator::bearer(const Bearer& bearer, const http::Request& request, Surface surface,
                                             const Credentials::Moment& moment) {
  if (bearer.token.starts_with(kAccessTokenPrefix)) return Credentials::check_access_token(bearer.token, moment);
  if (surface == Surface::kRegistry) return registry_token(bearer, request, moment);
  return fail(Fault::kUnauthenticated, "only personal access tokens are good here");
}

Result<Subject> DefaultAuthenticator::registry_token(const Bearer& bearer, const http::Request& request,
                                                     const Credentials::Moment& moment) {
  const auto claims = tokens_.verify(bearer.token, http::service_name(request, public_url_), moment.now);
  if (!claims) return fail(claims.error());
  if (!owner_is_good(**claims, moment.snapshot, moment.now))
    return fail(Fault::kUnauthenticated, "the token's owner is gone, disabled, expired, or has another secret");
  return (*claims)->subject;
}

bool DefaultAuthenticator::owner_is_good(const TokenClaims& claims, const access::Snapshot& snapshot, Time now) {
  return Credentials::good(claims.subject, snapshot, now) &&
         Credentials::has_token_mark(claims.subject, snapshot, claims.credential_mark);
}

std::optional<Subject> DefaultAuthenticator::recall(const http::Request& request, const access::Snapshot& snapshot,
                                                    Time now) {
  const auto token = bearer_token(request.headers);
  if (!token) return request.headers.find("Authorization") ? std::nullopt : std::optional(Subject{});
  const auto claims = tokens_.recall(*token, http::service_name(request, public_url_), now);
  if (!claims || !owner_is_good(*claims, snapshot, now)) return std::nullopt;
  return claims->subject;
}

Result<Subject> DefaultAuthenticator::cookie(const http::Request& request, const Credentials::Moment& moment) {
  auto session = sessions_.find(request, moment.now);
  if (!session) return fail(std::move(session.error()));
  if (!*session) return Subject{};
  Subject subject{.who = access::UserSubject{(*session)->user, std::nullopt}, .scope = std::nullopt};
  if (!Credentials::good(subject, moment.snapshot, moment.now))
    return fail(Fault::kUnauthenticated, "the session is over: sign in again");
  if (auto own = check_csrf(**session, request); !own) return fail(own.error());
  return subject;
}

}  // namespace berth::identity
