#include "access/decision.h"

namespace berth::access {
namespace {

/// Collects space ids; may be told one twice.
class Collection {
 public:
  explicit Collection(const Snapshot& snapshot) : snapshot_(snapshot) {}

  void add_public() {
    snapshot_.public_spaces.for_each([&](SpaceId id, std::monostate) { all_.push_back(id); });
  }
  void add_allotted(WorkspaceId id) {
    const auto* workspace = snapshot_.workspaces.find(id);
    if (!workspace) return;
    for (const auto& binding : workspace->bindings) {
      const auto* space = snapshot_.spaces.find(binding.space);
      const auto* registry = space ? snapshot_.registries.find(space->registry) : nullptr;
      if (registry && allotted(*registry, *space, id)) all_.push_back(binding.space);
    }
    for (const auto registry : workspace->registries) add_spaces_of(registry);
  }
  void add_platform() {
    snapshot_.registries.for_each([&](RegistryId id, const Registry& registry) {
      if (platform_scoped(registry)) add_spaces_of(id);
    });
  }
  std::vector<SpaceId> take() {
    std::ranges::sort(all_);
    all_.erase(std::ranges::unique(all_).begin(), all_.end());
    return std::move(all_);
  }

 private:
  void add_spaces_of(RegistryId id) {
    const auto* registry = snapshot_.registries.find(id);
    if (registry) all_.insert(all_.end(), registry->spaces.begin(), registry->spaces.end());
  }

  const Snapshot& snapshot_;
  std::vector<SpaceId> all_;
};

}  // namespace

std::vector<SpaceId> Decider::visible_to(WorkspaceId workspace) const {
  if (!snapshot_.workspaces.find(workspace)) return {};
  Collection spaces(snapshot_);
  spaces.add_public();
  spaces.add_allotted(workspace);
  return spaces.take();
}

std::vector<SpaceId> Decider::visible_to(NamespaceId id) const {
  const auto* name = snapshot_.namespaces.find(id);
  if (!name) return {};
  if (name->workspace) return visible_to(*name->workspace);
  Collection spaces(snapshot_);
  spaces.add_public();
  return spaces.take();
}

// Gathers what can come into question, then asks the rule about each: the set is never wider than the decision.
std::vector<SpaceId> Decider::visible_to(const Subject& who, Action action) const {
  if (action != Action::kSee && action != Action::kPull) return {};
  Decision decision(snapshot_, now_, who);
  const auto& asker = decision.asker();
  if (!asker.good()) return {};

  Collection candidates(snapshot_);
  candidates.add_public();
  if (asker.sees_platform()) candidates.add_platform();
  if (asker.name_space && asker.name_space->workspace) candidates.add_allotted(*asker.name_space->workspace);
  if (asker.editor_of) candidates.add_allotted(asker.editor_of->id);
  if (asker.person)
    any_membership(snapshot_, *asker.person, [&](WorkspaceId in, Role) { return candidates.add_allotted(in), false; });

  auto spaces = candidates.take();
  std::erase_if(spaces, [&](SpaceId id) { return !decision.allows(action, SpaceTarget{id, std::nullopt}); });
  return spaces;
}

}  // namespace berth::access
