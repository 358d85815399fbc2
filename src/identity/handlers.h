#pragma once

#include "identity/identity.h"

/// The handlers behind routes.cpp. Each parses, calls one method, and renders.
namespace berth::identity::handlers {

using http::Call;
using http::Response;

Response open_session(Identity& identity, Call& call);
Response show_session(Identity& identity, Call& call);
Response end_session(Identity& identity, Call& call);

Response list_users(Identity& identity, Call& call);
Response create_user(Identity& identity, Call& call);
Response show_user(Identity& identity, Call& call);
Response patch_user(Identity& identity, Call& call);
Response delete_user(Identity& identity, Call& call);

Response list_signing_keys(Identity& identity, Call& call);
Response rotate_signing_keys(Identity& identity, Call& call);

Response list_groups(Identity& identity, Call& call);
Response create_group(Identity& identity, Call& call);
Response show_group(Identity& identity, Call& call);
Response delete_group(Identity& identity, Call& call);
Response add_group_member(Identity& identity, Call& call);
Response remove_group_member(Identity& identity, Call& call);

Response change_my_password(Identity& identity, Call& call);
Response list_my_sessions(Identity& identity, Call& call);
Response end_my_session(Identity& identity, Call& call);
Response list_my_tokens(Identity& identity, Call& call);
Response create_my_token(Identity& identity, Call& call);
Response delete_my_token(Identity& identity, Call& call);

/// Robots of {workspace} where the path has one, of the asker elsewhere.
Response list_robots(Identity& identity, Call& call);
Response create_robot(Identity& identity, Call& call);
Response show_robot(Identity& identity, Call& call);
Response patch_robot(Identity& identity, Call& call);
Response delete_robot(Identity& identity, Call& call);
Response rotate_robot(Identity& identity, Call& call);

}  // namespace berth::identity::handlers
