#pragma once

#include "base/json.h"
#include "identity/registry_tokens.h"

/// The parts of a registry token as JSON.
namespace berth::identity {

/// The key id of {"alg":"ES256","kid":"…","typ":"JWT"}. Any other member is refused, above all those that bring a key
/// along (jwk, x5c, jku, x5u; CVE-2025-24976), and so is any other algorithm.
[[nodiscard]] std::optional<std::string> parse_token_header(std::string_view header);

inline constexpr std::string_view kIssuer = "berth";

struct ClaimTimes {
  Time issued_at;
  Time expires_at;
};
/// {"iss","sub","aud","exp","nbf","iat","jti","access":[{"type","name","actions"}]} and our own "cred".
[[nodiscard]] std::string to_claims_json(const RegistryTokens::Grant& grant, const ClaimTimes& times);
/// nullopt unless every claim is there and of its type, and the issuer is ours. `kid` stays empty.
[[nodiscard]] std::optional<TokenClaims> parse_claims_json(std::string_view payload);

/// "pull,push" as a list, in the specification's words.
[[nodiscard]] std::vector<std::string_view> actions_of(const access::Verbs& verbs);

}  // namespace berth::identity
