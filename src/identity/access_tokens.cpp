#include "identity/access_tokens.h"

#include "access/grants_json.h"
#include "base/random.h"
#include "base/sha.h"
#include "http/text.h"

namespace berth::identity {
namespace {

constexpr std::size_t kMaxName = 128;
constexpr std::int64_t kPerUser = 500;

events::Change change(std::string action, AccessTokenId id, const std::string& name) {
  return {.action = std::move(action),
          .target_kind = "access_token",
          .target_id = id.value(),
          .target_name = name,
          .workspace = std::nullopt,
          .before = std::nullopt,
          .after = std::nullopt};
}

Result<void> check(const NewAccessToken& wanted, Time now) {
  if (wanted.name.empty() || wanted.name.size() > kMaxName || !http::is_clean_text(wanted.name))
    return fail(Fault::kInvalid, fmt::format("name has 1 to {} bytes of text", kMaxName));
  if (wanted.expires_at && *wanted.expires_at <= now) return fail(Fault::kInvalid, "expires_at is past");
  return {};
}

}  // namespace

Result<CreatedAccessToken> AccessTokens::create(const NewAccessToken& wanted, const Limits& limits,
                                                const events::Actor& by) {
  const auto now = context_.clock.now();
  if (auto checked = check(wanted, now); !checked) return fail(checked.error());
  if (auto within = limits.check(wanted.grants, wanted.expires_at); !within) return fail(within.error());
  const auto secret = random_secret(kAccessTokenPrefix);
  const auto grants = access::to_json_text(wanted.grants);
  return context_.database.write([&](db::Connection& tx) -> Result<CreatedAccessToken> {
    const auto held = tx.one<std::int64_t>("SELECT count(*) FROM access_tokens WHERE user_id = :user", wanted.user);
    if (std::get<0>(*held) >= kPerUser)
      return fail(Error::conflict(fmt::format("a user has at most {} tokens: remove some", kPerUser)));
    try {
      const auto row = tx.one<std::int64_t>(
          "INSERT INTO access_tokens (user_id, name, secret_hash, grants, created_at, expires_at) "
          "VALUES (:user, :name, :secret_hash, :grants, :created_at, :expires_at) RETURNING id",
          wanted.user, wanted.name, sha256_hex(secret), grants, now, wanted.expires_at);
      const AccessTokenId id(std::get<0>(*row));
      state::touch(tx, context_.snapshots, state::Aggregate::kAccessToken, id.value());
      auto created = change("access_token.create", id, wanted.name);
      created.after = grants;
      events::audit(tx, now, by, created);
      return CreatedAccessToken{{id, wanted.user, wanted.name, wanted.grants, now, wanted.expires_at}, secret};
    } catch (const db::UniqueViolation&) {
      return fail(Error::conflict(fmt::format("there is a token named {} already", wanted.name)));
    }
  });
}

std::vector<AccessTokenRecord> AccessTokens::list(UserId user) {
  return context_.database.read([&](db::Connection& tx) {
    std::vector<AccessTokenRecord> tokens;
    const auto rows = tx.query<std::int64_t, std::string, std::string, std::int64_t, std::optional<std::int64_t>>(
        "SELECT id, name, grants, created_at, expires_at FROM access_tokens WHERE user_id = :user ORDER BY id", user);
    for (const auto& [id, name, grants, created_at, expires_at] : rows)
      tokens.push_back({AccessTokenId(id), user, name, access::parse_grants(grants).value_or(access::Grants{}),
                        from_millis(created_at), expires_at ? std::optional(from_millis(*expires_at)) : std::nullopt});
    return tokens;
  });
}

Result<void> AccessTokens::remove(UserId user, AccessTokenId token, const events::Actor& by) {
  const auto now = context_.clock.now();
  return context_.database.write([&](db::Connection& tx) -> Result<void> {
    const auto row =
        tx.one<std::string>("DELETE FROM access_tokens WHERE id = :id AND user_id = :user RETURNING name", token, user);
    if (!row) return fail(Fault::kNotFound, "there is no such token");
    state::touch(tx, context_.snapshots, state::Aggregate::kAccessToken, token.value());
    events::audit(tx, now, by, change("access_token.delete", token, std::get<0>(*row)));
    return {};
  });
}

}  // namespace berth::identity
