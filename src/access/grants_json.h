#pragma once

#include <string>

#include "access/model.h"
#include "base/json.h"

/// Grants as JSON, in the database and (with `space` as the caller of parse_grants() names it) in the API:
///   {"api": "read", "spaces": [{"space": 12, "repository": "web", "verbs": ["pull", "push"]}, {"verbs": ["pull"]}]}
/// `space` absent: every space that the owner may use; `repository` absent: every repository of the space. Verbs: pull,
/// push, delete.
namespace berth::access {

[[nodiscard]] json::value to_json(const Grants& grants);
[[nodiscard]] std::string to_json_text(const Grants& grants);

/// kInvalid, with every mistake as one subject ("spaces[1].verbs: unknown verb 'fetch'"), for anything that to_json()
/// would not write; unknown members are refused. At most 256 entries.
[[nodiscard]] Result<Grants> parse_grants(const json::value& document);
[[nodiscard]] Result<Grants> parse_grants(std::string_view text);

}  // namespace berth::access
