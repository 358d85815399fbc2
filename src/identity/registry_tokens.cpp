#include "identity/registry_tokens.h"

#include "base/encoding.h"
#include "identity/token_json.h"

namespace berth::identity {
namespace {

constexpr std::size_t kRemembered = 20'000;
constexpr std::size_t kSignature = 64;
constexpr Duration kShortestLife = std::chrono::seconds(60);
// Replicas' clocks differ a little: a token from the other one is not from the future.
constexpr Duration kSkew = std::chrono::seconds(10);

std::unexpected<Error> refuse(std::string_view why) {
  return fail(Fault::kUnauthenticated, fmt::format("the token {}", why));
}

/// The header of header.payload.signature, when all three are strict base64url without padding.
std::optional<std::string> header_of(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.contains('=')) return std::nullopt;
  auto header = from_base64url(token.substr(0, first));
  const auto payload = from_base64url(token.substr(first + 1, second - first - 1));
  const auto signature = from_base64url(token.substr(second + 1));
  // RFC 7518, 3.4: two numbers of 32 bytes. The library does not look at what follows them.
  const bool whole = signature && signature->size() == kSignature;
  return header && payload && whole ? std::move(header) : std::nullopt;
}

}  // namespace

RegistryTokens::RegistryTokens(SigningKeys& keys, Duration life)
    : keys_(keys),
      life_(std::clamp(life, kShortestLife, SigningKeys::kLongestLife)),
      verified_(kRemembered) {}

Result<RegistryTokens::Issued> RegistryTokens::issue(const Grant& grant, Time now) {
  const auto claims = to_claims_json(grant, {.issued_at = now, .expires_at = now + life_});
  auto token = keys_.signer(now)->sign(claims);
  if (token.size() > kMaxBytes) return fail(Fault::kInvalid, "the scope is too long: ask for fewer repositories");
  return Issued{std::move(token), life_};
}

Result<RegistryTokens::Claims> RegistryTokens::verify(std::string_view token, std::string_view audience, Time now) {
  if (token.size() > kMaxBytes) return refuse("is too long");
  const auto key = hash_(token);
  auto claims = verified_.find(key, now);
  if (!claims) {
    auto checked = check_signature(token, now);
    if (!checked) return checked;
    claims = std::move(*checked);
    verified_.put(key, *claims, (*claims)->expires_at);
  }
  if (auto good = check_claims(**claims, audience, now); !good) return fail(std::move(good.error()));
  if (!keys_.verifier((*claims)->kid, now)) return refuse("was signed with a key that is no longer good");
  return std::move(*claims);
}

RegistryTokens::Claims RegistryTokens::recall(std::string_view token, std::string_view audience, Time now) {
  if (token.size() > kMaxBytes) return nullptr;
  auto claims = verified_.find(hash_(token), now);
  if (!claims || !check_claims(**claims, audience, now) || !keys_.knows((*claims)->kid, now)) return nullptr;
  return std::move(*claims);
}

Result<void> RegistryTokens::check_claims(const TokenClaims& said, std::string_view audience, Time now) {
  if (said.expires_at <= now) return refuse("has expired");
  if (said.not_before > now + kSkew) return refuse("is not valid yet");
  if (!equal_ignoring_case(said.audience, audience)) return refuse("is for another service");
  return {};
}

Result<RegistryTokens::Claims> RegistryTokens::check_signature(std::string_view token, Time now) {
  const auto header = header_of(token);
  const auto kid = header ? parse_token_header(*header) : std::nullopt;
  if (!kid) return refuse("is not one of this server's");
  const auto key = keys_.verifier(*kid, now);
  const auto payload = key ? key->verify(token) : std::nullopt;
  auto claims = payload ? parse_claims_json(*payload) : std::nullopt;
  if (!claims) return refuse("is not one of this server's");
  claims->kid = *kid;
  return std::make_shared<const TokenClaims>(std::move(*claims));
}

}  // namespace berth::identity
