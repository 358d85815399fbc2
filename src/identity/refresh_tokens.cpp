#include "identity/refresh_tokens.h"

#include "base/encoding.h"
#include "base/json.h"

namespace berth::identity {
namespace {

constexpr std::string_view kPrefix = "berth_refresh_";
constexpr std::string_view kContext = "refresh_token";
constexpr std::size_t kMaxBytes = 1024;

std::unexpected<Error> refuse() {
  return fail(Fault::kUnauthenticated, "the refresh token is not valid any more: log in again");
}

}  // namespace

std::string RefreshTokens::issue(const Claims& claims, Time now) const {
  const auto plain = json::serialize(json::object{
      {"sub", access::to_text(claims.subject)}, {"cred", claims.credential_mark}, {"exp", to_millis(now + life_)}});
  // URL-safe: clients put it into a form.
  return std::string(kPrefix) + to_base64url(from_base64(box_.seal(plain, kContext)).value());
}

Result<RefreshTokens::Claims> RefreshTokens::open(std::string_view token, Time now) const {
  if (token.size() > kMaxBytes || !token.starts_with(kPrefix)) return refuse();
  const auto sealed = from_base64url(token.substr(kPrefix.size()));
  const auto plain = sealed ? box_.open(to_base64(*sealed), kContext) : std::nullopt;
  if (!plain) return refuse();
  const auto claims = parse_json(*plain);
  if (!claims) return refuse();
  auto subject = access::parse_subject(find_string(*claims, "sub").value_or(""));
  const auto mark = find_string(*claims, "cred");
  const auto ends = find_int(*claims, "exp");
  if (!subject || !mark || !ends || *ends <= to_millis(now)) return refuse();
  return Claims{std::move(*subject), std::string(*mark)};
}

}  // namespace berth::identity
