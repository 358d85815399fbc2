#include "access/decision.h"

namespace berth::access {

bool Decider::may(const Subject& who, Action action, const Target& what) const {
  return Decision(snapshot_, now_, who).allows(action, what);
}

std::optional<WorkspaceId> Decider::home_for_push(const Subject& who, SpaceId id,
                                                  std::optional<WorkspaceId> preferred) const {
  const auto* space = snapshot_.spaces.find(id);
  const auto* registry = space ? snapshot_.registries.find(space->registry) : nullptr;
  if (!registry || space->pull_through) return std::nullopt;

  std::vector<WorkspaceId> homes;
  const auto consider = [&](WorkspaceId workspace, Role role) {
    if (role >= Role::kEditor && pushable(*registry, *space, workspace)) homes.push_back(workspace);
    return false;
  };
  Trace untraced;
  const auto asker = identify(snapshot_, now_, who, untraced);
  if (asker.person) any_membership(snapshot_, *asker.person, consider);
  if (asker.editor_of) consider(asker.editor_of->id, Role::kEditor);

  if (homes.empty()) return std::nullopt;
  for (const auto& first : {preferred, space->owner})
    if (first && std::ranges::find(homes, *first) != homes.end()) return first;
  return std::ranges::min(homes);
}

}  // namespace berth::access
