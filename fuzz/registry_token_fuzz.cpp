#include "base/encoding.h"
#include "fuzz/scratch.h"
#include "fuzz_support.h"
#include "identity/refresh_tokens.h"
#include "identity/registry_tokens.h"
#include "identity/token_json.h"

using namespace berth;
using fuzz::require;

namespace {

constexpr std::string_view kAudience = "registry.example";

/// Keys of our own in a database in memory; a clock that stands still.
struct Issuer {
  fuzz::Scratch scratch;
  ManualClock clock;
  std::unique_ptr<db::Database> database = db::open({.url = "file:" + scratch.path() + "/berth.db"});
  state::SnapshotStore snapshots{*database};
  SecretBox box{std::string(32, 'k')};
  identity::SigningKeys keys{{*database, snapshots, clock}, box};
  identity::RegistryTokens tokens{keys, std::chrono::minutes(5)};
  identity::RefreshTokens refresh_tokens{box, std::chrono::days(1)};
  std::string genuine = issue();

  std::string issue() {
    access::Subject subject{.who = access::UserSubject{UserId(7), std::nullopt}, .scope = access::Scope{}};
    subject.scope->repositories.push_back({RepositoryName::parse("shop/web").value(), {.pull = true}});
    return tokens.issue({.subject = subject, .credential_mark = "m", .audience = std::string(kAudience)}, clock.now())
        ->token;
  }
  auto verify(std::string_view token) { return tokens.verify(token, kAudience, clock.now()); }
};

Issuer& issuer() {
  static Issuer one;
  return one;
}

/// Nobody but the key makes a token, neither from nothing nor from another one.
void check_forgery(std::string_view text) {
  auto& own = issuer();
  require(text == own.genuine || !own.verify(text));
  if (text.size() < 3) return;
  const auto at =
      (static_cast<std::size_t>(static_cast<unsigned char>(text[0])) << 8 | static_cast<unsigned char>(text[1])) %
      own.genuine.size();
  auto changed = own.genuine;
  changed[at] = text[2];
  require(own.verify(changed).has_value() == (changed == own.genuine));
  require(!own.refresh_tokens.open(text, own.clock.now()));
}

/// Somebody else's header over our signature, and our key under any claims: what a bug in the issuer could sign.
void check_claims(std::string_view header, std::string_view payload) {
  auto& own = issuer();
  const auto key = own.keys.signer(own.clock.now());
  const auto signed_token = key->sign(payload);
  require(key->verify(signed_token) == payload);
  const auto token = own.verify(signed_token);
  const auto claims = identity::parse_claims_json(payload);
  if (token) {
    require(claims.has_value() && equal_ignoring_case((*token)->audience, kAudience));
    require((*token)->expires_at > own.clock.now() && (*token)->subject.scope.has_value());
  }
  const auto rest = signed_token.substr(signed_token.find('.'));
  const auto own_header = from_base64url(signed_token.substr(0, signed_token.find('.'))).value();
  require(header == own_header || !own.verify(to_base64url(header) + rest));
  if (const auto kid = identity::parse_token_header(header))
    require(header.contains("ES256") && !header.contains("jwk"));
}

}  // namespace

/// A whole token; and a header in the first line with claims in the rest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  check_forgery(text);
  fuzz::Parts parts(text);
  const auto header = parts.line();
  if (!parts.rest().empty()) check_claims(header, parts.rest());
  return 0;
}
