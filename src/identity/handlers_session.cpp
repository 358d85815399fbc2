#include "access/text.h"
#include "identity/handlers.h"
#include "identity/rest.h"

namespace berth::identity::handlers {
namespace {

constexpr std::size_t kMaxPassword = 1024;

json::array memberships_of(const access::User& user, const access::Snapshot& snapshot) {
  std::map<std::string, access::Role> roles;  // by the workspace's name; the highest counts
  const auto add = [&](const access::Membership& membership) {
    const auto* workspace = snapshot.workspaces.find(membership.workspace);
    if (!workspace) return;
    const auto [it, added] = roles.try_emplace(workspace->name.text(), membership.role);
    it->second = std::max(it->second, membership.role);
  };
  for (const auto& membership : user.memberships) add(membership);
  for (const auto group : user.groups)
    if (const auto* row = snapshot.groups.find(group))
      for (const auto& membership : row->memberships) add(membership);
  json::array items;
  for (const auto& [workspace, role] : roles)
    items.push_back({{"workspace", workspace}, {"role", access::to_text(role)}});
  return items;
}

json::object describe(const access::Subject& subject, const access::Snapshot& snapshot) {
  json::object who{{"subject", access::to_text(subject)}};
  if (const auto* user = std::get_if<access::UserSubject>(&subject.who))
    if (const auto* row = snapshot.users.find(user->id)) {
      who["login"] = row->login.text();
      who["platform_role"] = access::to_text(row->platform_role);
      who["memberships"] = memberships_of(*row, snapshot);
    }
  if (const auto* robot = std::get_if<access::RobotSubject>(&subject.who))
    if (const auto* row = snapshot.robots.find(robot->id)) {
      who["login"] = row->name.text();
      who["platform_role"] = access::to_text(access::PlatformRole::kNone);
      who["memberships"] = json::array();
    }
  return who;
}

}  // namespace

Response open_session(Identity& identity, Call& call) {
  http::Fields fields(call);
  const auto login = fields.required_string("login");
  const auto password = fields.required_string("password", kMaxPassword);
  if (const auto error = fields.error()) return http::answer(call, *error);
  const auto user = identity.passwords.check(*call.snapshot, {login, call.request.peer_address}, password, call.now);
  if (!user) return http::answer(call, user.error());
  auto by = call.actor;
  by.name = "user:" + login;
  const auto opened = identity.sessions.open(*user, call.request, by);
  if (!opened) return http::answer(call, opened.error());
  const access::Subject subject{.who = access::UserSubject{*user, std::nullopt}, .scope = std::nullopt};
  auto response = rest::created("/api/v1/session", {{"user", describe(subject, *call.snapshot)},
                                                    {"csrf_token", opened->session.csrf_token},
                                                    {"expires_at", to_rfc3339(opened->session.expires_at)}});
  response.headers.add("Set-Cookie", identity.sessions.cookie(*opened, call.request));
  return response;
}

Response show_session(Identity& identity, Call& call) {
  auto who = describe(call.subject, *call.snapshot);
  const bool by_cookie = !call.request.headers.find("Authorization");
  const auto session = identity.sessions.find(call.request, call.now);
  if (by_cookie && session && *session) {
    who["csrf_token"] = (*session)->csrf_token;
    who["expires_at"] = to_rfc3339((*session)->expires_at);
  }
  return http::json_response(200, who);
}

Response end_session(Identity& identity, Call& call) {
  const auto session = identity.sessions.find(call.request, call.now);
  const bool by_cookie = !call.request.headers.find("Authorization");
  if (by_cookie && session && *session) {
    const auto ended = identity.sessions.end((*session)->user, (*session)->id, call.actor);
    if (!ended) return http::answer(call, ended.error());
  }
  auto response = rest::no_content();
  response.headers.add("Set-Cookie", Sessions::cookie_that_ends(call.request));
  return response;
}

}  // namespace berth::identity::handlers
