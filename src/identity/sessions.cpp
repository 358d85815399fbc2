#include "identity/sessions.h"

#include "base/encoding.h"
#include "base/random.h"
#include "base/sha.h"
#include "http/text.h"

namespace berth::identity {
namespace {

constexpr std::size_t kCsrfBytes = 16;
constexpr std::int64_t kPerUser = 100;
constexpr std::size_t kMaxUserAgent = 256;
constexpr std::string_view kColumns = "id, user_id, csrf_token, address, user_agent, created_at, expires_at";

/// The cookie's value in "a=b; berth_session=…" (RFC 6265, 4.2.1).
std::optional<std::string_view> session_cookie(const http::Headers& headers) {
  for (auto cookies : headers.all("Cookie"))
    while (!cookies.empty()) {
      const auto end = std::min(cookies.find(';'), cookies.size());
      auto pair = cookies.substr(0, end);
      cookies.remove_prefix(std::min(end + 1, cookies.size()));
      pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
      if (pair.starts_with(kSessionCookie) && pair.substr(kSessionCookie.size()).starts_with('='))
        return pair.substr(kSessionCookie.size() + 1);
    }
  return std::nullopt;
}

std::string user_agent_of(const http::Request& request) {
  const auto agent = request.headers.find("User-Agent").value_or("");
  return agent.size() <= kMaxUserAgent && http::is_clean_text(agent) ? std::string(agent) : "";
}

std::vector<SessionRecord> select(db::Connection& tx, std::string_view where, std::span<const db::Param> params) {
  std::vector<SessionRecord> sessions;
  std::int64_t id = 0, user = 0, created_at = 0, expires_at = 0;
  std::string csrf_token, address, user_agent;
  const std::array<db::Column, 7> columns{&id, &user, &csrf_token, &address, &user_agent, &created_at, &expires_at};
  tx.run(fmt::format("SELECT {} FROM sessions WHERE {}", kColumns, where), params, columns, [&] {
    sessions.push_back({SessionId(id), UserId(user), csrf_token, address, user_agent, from_millis(created_at),
                        from_millis(expires_at)});
  });
  return sessions;
}

events::Change change(std::string action, SessionId session) {
  return {.action = std::move(action),
          .target_kind = "session",
          .target_id = session.value(),
          .target_name = std::to_string(session.value()),
          .workspace = std::nullopt,
          .before = std::nullopt,
          .after = std::nullopt};
}

std::string set_cookie(std::string_view value, std::int64_t seconds, const http::Request& request) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", kSessionCookie, value, seconds,
                     request.scheme == "https" ? "; Secure" : "");
}

}  // namespace

json::object to_json(const SessionRecord& session) {
  return {{"id", session.id.value()},
          {"address", session.address},
          {"user_agent", session.user_agent},
          {"created_at", to_rfc3339(session.created_at)},
          {"expires_at", to_rfc3339(session.expires_at)}};
}

Result<OpenedSession> Sessions::open(UserId user, const http::Request& request, const events::Actor& by) {
  const auto now = context_.clock.now();
  OpenedSession opened{
      {SessionId(), user, random_hex(kCsrfBytes), request.peer_address, user_agent_of(request), now, now + lifetime_},
      random_secret("berth_session_")};
  return context_.database.write([&](db::Connection& tx) -> Result<OpenedSession> {
    auto& session = opened.session;
    const auto row = tx.one<std::int64_t>(
        "INSERT INTO sessions (user_id, secret_hash, csrf_token, address, user_agent, created_at, expires_at) "
        "VALUES (:user, :secret_hash, :csrf, :address, :agent, :created_at, :expires_at) RETURNING id",
        user, sha256_hex(opened.secret), session.csrf_token, session.address, session.user_agent, now,
        session.expires_at);
    session.id = SessionId(std::get<0>(*row));
    tx.execute(
        "DELETE FROM sessions WHERE user_id = :user AND id NOT IN "
        "(SELECT id FROM sessions WHERE user_id = :same_user ORDER BY id DESC LIMIT :most)",
        user, user, kPerUser);
    events::audit(tx, now, by, change("session.open", session.id));
    return opened;
  });
}

Result<std::optional<SessionRecord>> Sessions::find(const http::Request& request, Time now) {
  const auto secret = session_cookie(request.headers);
  if (!secret) return std::nullopt;
  const auto hash = sha256_hex(*secret);
  auto found = context_.database.read([&](db::Connection& tx) {
    const std::array params{db::to_param(hash), db::to_param(now)};
    return select(tx, "secret_hash = :hash AND expires_at > :now", params);
  });
  if (found.empty()) return fail(Fault::kUnauthenticated, "the session is over: sign in again");
  return std::move(found.front());
}

std::vector<SessionRecord> Sessions::list(UserId user, Time now) {
  return context_.database.read([&](db::Connection& tx) {
    const std::array params{db::to_param(user), db::to_param(now)};
    return select(tx, "user_id = :user AND expires_at > :now ORDER BY id DESC", params);
  });
}

Result<void> Sessions::end(UserId user, SessionId session, const events::Actor& by) {
  const auto now = context_.clock.now();
  return context_.database.write([&](db::Connection& tx) -> Result<void> {
    const auto ended = tx.execute("DELETE FROM sessions WHERE id = :id AND user_id = :user", session, user);
    if (ended == 0) return fail(Fault::kNotFound, "there is no such session");
    events::audit(tx, now, by, change("session.end", session));
    return {};
  });
}

std::size_t Sessions::sweep(Time now) {
  const auto removed = context_.database.write([&](db::Connection& tx) -> Result<std::int64_t> {
    return tx.execute("DELETE FROM sessions WHERE expires_at <= :now", now);
  });
  return static_cast<std::size_t>(*removed);
}

std::string Sessions::cookie(const OpenedSession& opened, const http::Request& request) const {
  return set_cookie(opened.secret, std::chrono::duration_cast<std::chrono::seconds>(lifetime_).count(), request);
}

std::string Sessions::cookie_that_ends(const http::Request& request) {
  return set_cookie("", 0, request);
}

Result<void> check_csrf(const SessionRecord& session, const http::Request& request) {
  using http::Method;
  if (request.method == Method::kGet || request.method == Method::kHead || request.method == Method::kOptions)
    return {};
  const auto token = request.headers.find(kCsrfHeader);
  if (token && equal_constant_time(*token, session.csrf_token)) return {};
  return fail(Fault::kDenied, fmt::format("a change with a session needs its token in the {} header", kCsrfHeader));
}

}  // namespace berth::identity
