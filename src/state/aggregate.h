#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace berth::state {

/// The rows of the database that make one row of the snapshot. Whoever changes any of them in a transaction calls
/// touch() in the same transaction.
enum class Aggregate {
  kUser,       // users, group_members, members of the user
  kGroup,      // groups, members of the group
  kWorkspace,  // workspaces, its bindings, registries scoped to it, namespaces bound to it
  kRegistry,   // registries, its list of spaces
  kSpace,      // spaces, its bindings
  kNamespace,  // namespaces, namespace_credentials, the name of its cluster
  kRobot,
  kAccessToken,
  kSettings,  // anonymous_pull; the id is 0
};

struct Change {
  Aggregate aggregate;
  std::int64_t id = 0;
  friend auto operator<=>(const Change&, const Change&) = default;
};

/// As state_changes.aggregate has it: "user".
[[nodiscard]] std::string_view to_text(Aggregate aggregate);
/// nullopt: written by a newer version of the program.
[[nodiscard]] std::optional<Aggregate> parse_aggregate(std::string_view text);

}  // namespace berth::state
