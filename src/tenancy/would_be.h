#pragma once

#include <optional>
#include <span>
#include <vector>

#include "access/snapshot.h"

/// Snapshots as they would be after a change, so that a preview asks the access rule itself what the change means.
/// Pure.
namespace berth::tenancy {

/// A pair's standing: nullopt for unbound.
struct PairState {
  SpaceId space;
  WorkspaceId workspace;
  std::optional<access::Access> access;
};
/// `snapshot` with these pairs standing so. Spaces and workspaces that it does not have are left out.
[[nodiscard]] access::Snapshot with_pairs(access::Snapshot snapshot, std::span<const PairState> pairs);

[[nodiscard]] access::Snapshot with_all_spaces_public(access::Snapshot snapshot, RegistryId registry, bool all_public);

/// "berth/base"; empty for a space that is not there.
[[nodiscard]] std::string full_name(const access::Snapshot& snapshot, SpaceId space);
[[nodiscard]] std::string name_of(const access::Snapshot& snapshot, WorkspaceId workspace);

/// Who sees what that they did not see before, and the other way round: names, sorted.
struct Sight {
  std::string workspace;
  std::string space;
  friend auto operator<=>(const Sight&, const Sight&) = default;
};
struct AccessDelta {
  std::vector<Sight> gains;
  std::vector<Sight> loses;
  friend bool operator==(const AccessDelta&, const AccessDelta&) = default;
};
/// visible(W) before against visible(W) after, for each of `workspaces`.
[[nodiscard]] AccessDelta compare(const access::Snapshot& before, const access::Snapshot& after, Time now,
                                  const std::vector<WorkspaceId>& workspaces);

}  // namespace berth::tenancy
