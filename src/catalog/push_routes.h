#pragma once

#include "catalog/routes.h"

namespace berth::catalog {

/// GET …/push-commands: what to type, with placeholders for the login.
[[nodiscard]] http::Response show_push_commands(const Services& services, http::Call& call);
/// POST …/temporary-login: a robot of the asker's own that may push to this space until it expires, and the commands
/// with it filled in.
[[nodiscard]] http::Response make_temporary_login(const Services& services, http::Call& call);

}  // namespace berth::catalog
