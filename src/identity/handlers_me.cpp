#include "identity/grants_api.h"
#include "identity/handlers.h"
#include "identity/rest.h"
#include "identity/robot_json.h"

namespace berth::identity::handlers {
namespace {

constexpr std::size_t kMaxPassword = 1024;

/// The session that the request came with; its owner stays signed in.
std::optional<SessionId> own_session(Identity& identity, const Call& call) {
  const auto session = identity.sessions.find(call.request, call.now);
  if (!session || !*session) return std::nullopt;
  return (*session)->id;
}

}  // namespace

Response change_my_password(Identity& identity, Call& call) {
  const auto user = rest::me(call);
  if (!user) return http::answer(call, user.error());
  if (Limits::of(call.subject, *call.snapshot).limited())
    return http::answer(call, Error::denied("a token does not change the password: sign in"));
  http::Fields fields(call);
  const auto current = fields.required_string("current_password", kMaxPassword);
  const auto wanted = fields.required_string("new_password", kMaxPassword);
  if (const auto error = fields.error()) return http::answer(call, *error);
  const auto* row = call.snapshot->users.find(*user);
  const Attempt attempt{row ? std::string_view(row->login.text()) : "", call.request.peer_address};
  const auto checked = identity.passwords.check(*call.snapshot, attempt, current, call.now);
  // 401 would tell a browser that its session is over.
  if (!checked && checked.error().fault == Fault::kUnauthenticated)
    return http::answer(call, Error::denied("the current password is wrong"));
  if (!checked) return http::answer(call, checked.error());
  const auto changed = identity.users.set_password(*user, wanted, own_session(identity, call), call.actor);
  return changed ? rest::no_content() : http::answer(call, changed.error());
}

Response list_my_sessions(Identity& identity, Call& call) {
  const auto user = rest::me(call);
  if (!user) return http::answer(call, user.error());
  const auto own = own_session(identity, call);
  json::array items;
  for (const auto& session : identity.sessions.list(*user, call.now)) {
    auto item = to_json(session);
    item["current"] = own == session.id;
    items.push_back(std::move(item));
  }
  return rest::list(std::move(items));
}

Response end_my_session(Identity& identity, Call& call) {
  const auto user = rest::me(call);
  if (!user) return http::answer(call, user.error());
  const auto session = rest::id_param<SessionId>(call, "session");
  if (!session) return http::answer(call, session.error());
  const auto ended = identity.sessions.end(*user, *session, call.actor);
  return ended ? rest::no_content() : http::answer(call, ended.error());
}

Response list_my_tokens(Identity& identity, Call& call) {
  const auto user = rest::me(call);
  if (!user) return http::answer(call, user.error());
  json::array items;
  for (const auto& token : identity.access_tokens.list(*user)) items.push_back(to_json(token, *call.snapshot));
  return rest::list(std::move(items));
}

Response create_my_token(Identity& identity, Call& call) {
  const auto user = rest::me(call);
  if (!user) return http::answer(call, user.error());
  http::Fields fields(call);
  const NewAccessToken wanted{.user = *user,
                              .name = fields.required_string("name"),
                              .grants = read_grants(fields, "grants", call),
                              .expires_at = fields.optional_time("expires_at")};
  if (const auto error = fields.error()) return http::answer(call, *error);
  const auto created = identity.access_tokens.create(wanted, Limits::of(call.subject, *call.snapshot), call.actor);
  if (!created) return http::answer(call, created.error());
  auto body = to_json(created->token, *call.snapshot);
  body["secret"] = created->secret;
  return rest::created(fmt::format("/api/v1/me/tokens/{}", created->token.id.value()), body);
}

Response delete_my_token(Identity& identity, Call& call) {
  const auto user = rest::me(call);
  if (!user) return http::answer(call, user.error());
  const auto token = rest::id_param<AccessTokenId>(call, "token");
  if (!token) return http::answer(call, token.error());
  const auto removed = identity.access_tokens.remove(*user, *token, call.actor);
  return removed ? rest::no_content() : http::answer(call, removed.error());
}

}  // namespace berth::identity::handlers
