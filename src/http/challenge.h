#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/route.h"
#include "http/surface.h"

namespace berth::http {

/// Where clients reach this server: `public_url` ("https://registry.example.com") if it is set, else the request's
/// scheme and host. A host that is none becomes "localhost", so that nothing foreign gets into a header.
[[nodiscard]] std::string base_url(const Request& request, std::string_view public_url);
/// The host of base_url(): what registry tokens are issued for (`service`, `aud`). A view into an argument.
[[nodiscard]] std::string_view service_name(const Request& request, std::string_view public_url);

/// The repository that a mount takes its blob from: `from` beside `mount`; nullopt when there is none.
[[nodiscard]] std::optional<RepositoryName> mount_source(const Call& call);

/// What a client must ask the token service for: "repository:shop/web:pull,push"; for a mount the source, too; empty
/// for the ping (registry.md 2.3, 4).
[[nodiscard]] std::string scope_of(const Call& call, const Permission& permission);

/// RFC 6750, 3.1; kNone when no token was sent.
enum class BearerError { kNone, kInvalidToken, kInsufficientScope };

/// Adds WWW-Authenticate to a 401, one challenge. /v2: Bearer alone, although Basic is taken: docker answers every
/// challenge that it is given, and with no password at hand (nobody logged in, or a login kept as an identity token)
/// fails on Basic. The token service: Basic. The API: a Bearer without a realm to go to, because browsers answer Basic
/// with a dialogue of their own.
void add_challenge(Response& response, Surface surface, const Request& request, std::string_view public_url,
                   std::string_view scope, BearerError error);

}  // namespace berth::http
