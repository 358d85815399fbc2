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
/// `pull`, `push`, `delete` and `*` (all three) on repositories count, and `registry:catalog:*`; anything else asks for
/// nothing and is no error.
/// One entry per repository, in the order in which they were asked for. kInvalid beyond 100 resources.
[[nodiscard]] Result<access::Scope> parse_scopes(const std::vector<std::string_view>& parameters);

/// The same as text: "repository:shop/web:pull,push repository:base/os:pull".
[[nodiscard]] std::string to_scope_text(const access::Scope& scope);

}  // namespace berth::identity
