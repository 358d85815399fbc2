#include "identity/token_json.h"

#include "base/random.h"

namespace berth::identity {
namespace {

constexpr JsonLimits kLimits{.bytes = RegistryTokens::kMaxBytes, .depth = 6, .values = 4096};

std::int64_t seconds_of(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

// 9999-12-31: far enough, and no overflow in milliseconds.
constexpr std::int64_t kLastSecond = 253'402'300'799;

std::optional<Time> time_of(const json::value& claims, std::string_view name) {
  const auto seconds = find_int(claims, name);
  if (!seconds || *seconds < 0 || *seconds > kLastSecond) return std::nullopt;
  return Time(std::chrono::seconds(*seconds));
}

bool is_catalog(const json::value& entry) {
  return find_string(entry, "type") == "registry" && find_string(entry, "name") == "catalog";
}

std::optional<access::ScopeGrant> parse_repository(const json::value& entry) {
  const auto name = RepositoryName::parse(find_string(entry, "name").value_or(""));
  const auto* actions = find_array(entry, "actions");
  if (find_string(entry, "type") != "repository" || !name || !actions) return std::nullopt;
  access::ScopeGrant grant{*name, {}};
  for (const auto& action : *actions) {
    const auto* text = action.if_string();
    if (!text) return std::nullopt;
    if (*text == "pull")
      grant.verbs.pull = true;
    else if (*text == "push")
      grant.verbs.push = true;
    else if (*text == "delete")
      grant.verbs.remove = true;
    else
      return std::nullopt;
  }
  return grant;
}

std::optional<access::Scope> parse_access(const json::value& claims) {
  const auto* entries = find_array(claims, "access");
  if (!entries) return std::nullopt;
  access::Scope scope;
  for (const auto& entry : *entries) {
    if (is_catalog(entry)) {
      scope.catalog = true;
      continue;
    }
    auto grant = parse_repository(entry);
    if (!grant) return std::nullopt;
    scope.repositories.push_back(std::move(*grant));
  }
  return scope;
}

json::array to_access_json(const access::Scope& scope) {
  json::array entries;
  if (scope.catalog) entries.push_back({{"type", "registry"}, {"name", "catalog"}, {"actions", json::array{"*"}}});
  for (const auto& grant : scope.repositories)
    entries.push_back({{"type", "repository"},
                       {"name", grant.repository.text()},
                       {"actions", json::value_from(actions_of(grant.verbs))}});
  return entries;
}

}  // namespace

std::optional<std::string> parse_token_header(std::string_view header) {
  const auto document = parse_json(header, kLimits);
  if (!document || !document->is_object() || document->get_object().size() != 3) return std::nullopt;
  const auto kid = find_string(*document, "kid");
  if (find_string(*document, "alg") != "ES256" || find_string(*document, "typ") != "JWT" || !kid) return std::nullopt;
  return std::string(*kid);
}

std::string to_claims_json(const RegistryTokens::Grant& grant, const ClaimTimes& times) {
  json::object claims{{"iss", kIssuer},
                      {"sub", access::to_text(grant.subject)},
                      {"aud", grant.audience},
                      {"exp", seconds_of(times.expires_at)},
                      {"nbf", seconds_of(times.issued_at)},
                      {"iat", seconds_of(times.issued_at)},
                      {"jti", random_hex(16)},
                      {"access", to_access_json(grant.subject.scope.value_or(access::Scope{}))}};
  if (!grant.credential_mark.empty()) claims["cred"] = grant.credential_mark;
  return json::serialize(claims);
}

std::optional<TokenClaims> parse_claims_json(std::string_view payload) {
  const auto claims = parse_json(payload, kLimits);
  if (!claims || find_string(*claims, "iss") != kIssuer) return std::nullopt;
  auto subject = access::parse_subject(find_string(*claims, "sub").value_or(""));
  const auto audience = find_string(*claims, "aud");
  const auto not_before = time_of(*claims, "nbf");
  const auto expires_at = time_of(*claims, "exp");
  auto scope = parse_access(*claims);
  if (!subject || !audience || !not_before || !expires_at || !scope) return std::nullopt;
  subject->scope = std::move(*scope);
  return TokenClaims{.subject = std::move(*subject),
                     .credential_mark = std::string(find_string(*claims, "cred").value_or("")),
                     .kid = "",
                     .audience = std::string(*audience),
                     .not_before = *not_before,
                     .expires_at = *expires_at};
}

std::vector<std::string_view> actions_of(const access::Verbs& verbs) {
  std::vector<std::string_view> actions;
  if (verbs.pull) actions.emplace_back("pull");
  if (verbs.push) actions.emplace_back("push");
  if (verbs.remove) actions.emplace_back("delete");
  return actions;
}

}  // namespace berth::identity
