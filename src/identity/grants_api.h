#pragma once

#include "http/json_body.h"

/// Grants as the API shows and takes them: spaces by name.
///   {"api": "read", "spaces": [{"space": "berth/base", "repository": "web", "verbs": ["pull", "push"]}]}
/// `space` absent: every space that the owner may use; `repository` absent: every repository of the space; a repository
/// without its space is a mistake.
namespace berth::identity {

/// The member `key` of a body; absent is no grants. Mistakes go to `fields`. A space that the asker may not see reads
/// like one that does not exist.
[[nodiscard]] access::Grants read_grants(http::Fields& fields, std::string_view key, const http::Call& call);

/// Spaces that no longer exist are left out: their grants grant nothing.
[[nodiscard]] json::object grants_to_api(const access::Grants& grants, const access::Snapshot& snapshot);

}  // namespace berth::identity
