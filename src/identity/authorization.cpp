#include "identity/authorization.h"

#include "base/encoding.h"
#include "http/text.h"

namespace berth::identity {
namespace {

constexpr std::size_t kMaxBytes = 16'384;

std::unexpected<Error> refuse(std::string_view why) {
  return fail(Fault::kUnauthenticated, fmt::format("the Authorization header {}", why));
}

Result<Authorization> parse_basic(std::string_view encoded) {
  const auto decoded = from_base64(encoded);
  if (!decoded) return refuse("is not base64");
  const auto colon = decoded->find(':');
  if (colon == std::string::npos) return refuse("has no colon between login and password");
  if (!http::is_clean_text(*decoded)) return refuse("is not plain UTF-8 text");
  return Basic{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

// RFC 6750: b64token, 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
Result<Authorization> parse_bearer(std::string_view token) {
  constexpr std::string_view kExtra = "-._~+/=";
  const auto allowed = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || kExtra.contains(c);
  };
  if (token.empty() || !std::ranges::all_of(token, allowed)) return refuse("does not carry a token");
  return Bearer{std::string(token)};
}

}  // namespace

Result<Authorization> parse_authorization(const http::Headers& headers) {
  const auto fields = headers.all("Authorization");
  if (fields.empty()) return NoAuthorization{};
  if (fields.size() > 1) return refuse("stands twice");
  const auto field = fields.front();
  if (field.size() > kMaxBytes) return refuse("is too long");
  const auto space = field.find(' ');
  if (space == std::string_view::npos) return refuse("has a scheme but no credentials");
  const auto scheme = field.substr(0, space);
  const auto rest = field.substr(std::min(field.find_first_not_of(' ', space), field.size()));
  if (equal_ignoring_case(scheme, "Basic")) return parse_basic(rest);
  if (equal_ignoring_case(scheme, "Bearer")) return parse_bearer(rest);
  return refuse("has another scheme than Basic and Bearer");
}

std::optional<std::string_view> bearer_token(const http::Headers& headers) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto field = headers.find("Authorization");
  if (!field || !equal_ignoring_case(field->substr(0, kScheme.size()), kScheme)) return std::nullopt;
  const auto token = field->substr(kScheme.size());
  if (token.empty() || headers.count("Authorization") > 1) return std::nullopt;
  return token;
}

}  // namespace berth::identity
