#include "identity/handlers.h"

namespace berth::identity {
namespace {

using access::Action;
using http::Call;
using http::Method;
using http::Permission;
using http::Response;

constexpr auto kSeeWorkspace = Permission::workspace(Action::kSeeWorkspace);
constexpr auto kManageWorkspace = Permission::workspace(Action::kManageWorkspace);

struct Line {
  Method method;
  std::string_view pattern;
  Permission permission;
  Response (*handler)(Identity&, Call&);
};

Response get_token(Identity& identity, Call& call) {
  return identity.token_service.get(call);
}
Response post_token(Identity& identity, Call& call) {
  return identity.token_service.post(call);
}

constexpr Line kLines[] = {
    // Open: they take credentials themselves, and anonymous pull begins with a token, too.
    {Method::kGet, "/service/token", Permission::open(), get_token},
    {Method::kPost, "/service/token", Permission::open(), post_token},
    {Method::kPost, "/api/v1/session", Permission::open(), handlers::open_session},

    {Method::kGet, "/api/v1/session", Permission::signed_in(), handlers::show_session},
    {Method::kDelete, "/api/v1/session", Permission::signed_in(), handlers::end_session},

    {Method::kGet, "/api/v1/users", Permission::audit(), handlers::list_users},
    {Method::kPost, "/api/v1/users", Permission::administer(), handlers::create_user},
    {Method::kGet, "/api/v1/users/{user}", Permission::audit(), handlers::show_user},
    {Method::kPatch, "/api/v1/users/{user}", Permission::administer(), handlers::patch_user},
    {Method::kDelete, "/api/v1/users/{user}", Permission::administer(), handlers::delete_user},

    {Method::kGet, "/api/v1/groups", Permission::audit(), handlers::list_groups},
    {Method::kPost, "/api/v1/groups", Permission::administer(), handlers::create_group},
    {Method::kGet, "/api/v1/groups/{group}", Permission::audit(), handlers::show_group},
    {Method::kDelete, "/api/v1/groups/{group}", Permission::administer(), handlers::delete_group},
    {Method::kPut, "/api/v1/groups/{group}/members/{user}", Permission::administer(), handlers::add_group_member},
    {Method::kDelete, "/api/v1/groups/{group}/members/{user}", Permission::administer(), handlers::remove_group_member},

    {Method::kGet, "/api/v1/signing-keys", Permission::audit(), handlers::list_signing_keys},
    {Method::kPost, "/api/v1/signing-keys", Permission::administer(), handlers::rotate_signing_keys},

    {Method::kPut, "/api/v1/me/password", Permission::change_own(), handlers::change_my_password},
    {Method::kGet, "/api/v1/me/sessions", Permission::signed_in(), handlers::list_my_sessions},
    {Method::kDelete, "/api/v1/me/sessions/{session}", Permission::change_own(), handlers::end_my_session},
    {Method::kGet, "/api/v1/me/tokens", Permission::signed_in(), handlers::list_my_tokens},
    {Method::kPost, "/api/v1/me/tokens", Permission::change_own(), handlers::create_my_token},
    {Method::kDelete, "/api/v1/me/tokens/{token}", Permission::change_own(), handlers::delete_my_token},

    {Method::kGet, "/api/v1/me/robots", Permission::signed_in(), handlers::list_robots},
    {Method::kPost, "/api/v1/me/robots", Permission::change_own(), handlers::create_robot},
    {Method::kGet, "/api/v1/me/robots/{robot}", Permission::signed_in(), handlers::show_robot},
    {Method::kPatch, "/api/v1/me/robots/{robot}", Permission::change_own(), handlers::patch_robot},
    {Method::kDelete, "/api/v1/me/robots/{robot}", Permission::change_own(), handlers::delete_robot},
    {Method::kPost, "/api/v1/me/robots/{robot}/secret", Permission::change_own(), handlers::rotate_robot},

    {Method::kGet, "/api/v1/workspaces/{workspace}/robots", kSeeWorkspace, handlers::list_robots},
    {Method::kPost, "/api/v1/workspaces/{workspace}/robots", kManageWorkspace, handlers::create_robot},
    {Method::kGet, "/api/v1/workspaces/{workspace}/robots/{robot}", kSeeWorkspace, handlers::show_robot},
    {Method::kPatch, "/api/v1/workspaces/{workspace}/robots/{robot}", kManageWorkspace, handlers::patch_robot},
    {Method::kDelete, "/api/v1/workspaces/{workspace}/robots/{robot}", kManageWorkspace, handlers::delete_robot},
    {Method::kPost, "/api/v1/workspaces/{workspace}/robots/{robot}/secret", kManageWorkspace, handlers::rotate_robot},
};

// None of these bodies is long; the largest are robots with 256 grants.
constexpr std::size_t kBodyLimit = 256U << 10;

}  // namespace

http::Routes routes(Identity& identity) {
  http::Routes table;
  for (const auto& line : kLines) {
    http::Handler handler = [&identity, run = line.handler](Call& call) { return run(identity, call); };
    table.push_back({.method = line.method,
                     .pattern = line.pattern,
                     .permission = line.permission,
                     .handler = std::move(handler),
                     .body_limit = kBodyLimit});
  }
  return table;
}

}  // namespace berth::identity
