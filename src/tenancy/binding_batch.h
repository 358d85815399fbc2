#pragma once

#include "tenancy/bindings.h"

namespace berth::tenancy {

/// The named spaces and workspaces on the asker's snapshot, each once.
struct Resolved {
  std::vector<SpaceId> spaces;
  std::vector<WorkspaceId> workspaces;
};
/// kInvalid with one subject for each name that is not known or may not be bound.
[[nodiscard]] Result<Resolved> resolve(const Asking& asking, const Bindings::Batch& batch);

/// A pair whose standing a batch changes.
struct PairChange {
  SpaceId space;
  WorkspaceId workspace;
  std::optional<access::Access> before;
  std::optional<access::Access> after;
};
/// The pairs that do not stand as wanted, as `tx` has them.
[[nodiscard]] std::vector<PairChange> changes_to(db::Connection& tx, const Resolved& resolved,
                                                 std::optional<access::Access> wanted);

/// Rows, touches, audit and events of the changes.
void apply(db::Connection& tx, Changes& changes, const Asking& asking, std::span<const PairChange> pairs);

/// What they change for the namespaces and members of the workspaces.
[[nodiscard]] Bindings::Outcome outcome_of(const Asking& asking, std::span<const PairChange> pairs);

}  // namespace berth::tenancy
