#pragma once

#include <string_view>
#include <vector>

#include "access/subject.h"

namespace berth::identity {

/// What a client asks of the token service, in its `scope` parameters (distribution token scope specification):
///
///   scope := resourcescope *( SP resourcescope )      resourcescope := type ["(" class ")"] ":" name ":" actions
///
/// The name may hold a colon (host:port), so the type ends at the first one and the actions begin after the last.
/// `pull`, `push`, `delete` and `*` (all three) on repositories count; anything else asks for nothing and is no error.
/// `registry:catalog:*` is kCatalog. One entry per repository, in the order in which they were asked for. kInvalid
/// beyond 100 resources. The repository name that stands for `registry:catalog:*`: the empty one, which no repository
/// has, so that it opens nothing but the list of what its subject may pull.
inline const RepositoryName kCatalog;

[[nodiscard]] Result<std::vector<access::ScopeGrant>> parse_scopes(const std::vector<std::string_view>& parameters);

/// The same as text: "repository:shop/web:pull,push repository:base/os:pull".
[[nodiscard]] std::string to_scope_text(const std::vector<access::ScopeGrant>& scope);

}  // namespace berth::identity
