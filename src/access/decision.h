#pragma once

#include "access/asker.h"
#include "access/rule.h"

namespace berth::access {

/// One subject's questions on one snapshot: the access rule, written once. With a Trace that has a place for steps it
/// explains itself on the way.
///
/// allowed = the subject is still good ∧ within its limits (grants, scope) ∧ entitled by the rule.
class Decision {
 public:
  /// `snapshot` and `subject` must outlive the decision.
  Decision(const Snapshot& snapshot, Time now, const Subject& subject, Trace trace = {})
      : snapshot_(snapshot),
        trace_(trace),
        asker_(identify(snapshot, now, subject, trace_)) {}

  [[nodiscard]] bool allows(Action action, const Target& what);
  [[nodiscard]] const Asker& asker() const { return asker_; }

 private:
  // A space together with its registry: nothing is decided about one without the other.
  struct Place {
    const Space& space;
    const Registry& registry;
  };
  using Repository = std::optional<RepositoryTarget>;

  bool within_limits(Action action, const Target& what);
  bool within_scope(Action action, const Target& what);
  bool within_grants(Action action, const Target& what);
  bool granted(Action action, const SpaceTarget& target);
  bool granted_in_api(Action action);
  bool entitled(Action action, const Target& what);

  // On a space (decision_spaces.cpp).
  bool on_space(Action action, const SpaceTarget& target);
  std::optional<Place> locate(SpaceId space);
  bool pull(const Place& place);
  template <class Found>
  bool in_some_workspace(const Place& place, Found&& found);
  bool see(const Place& place);
  bool pull_anonymously(const Place& place);
  bool pull_as(const Place& place, WorkspaceId workspace);
  bool push(const Place& place, const Repository& repository);
  bool push_as(const Place& place, const Repository& repository, WorkspaceId workspace, Role role);
  bool home_admits(const Place& place, const Repository& repository, WorkspaceId workspace);
  bool remove(const Place& place, const Repository& repository);
  bool manage(const Place& place);

  // On the rest (decision.cpp).
  bool bind(const BindTarget& target);
  bool claim(const ClaimTarget& target);
  bool on_workspace(Action action, WorkspaceId workspace);
  bool on_namespace(Action action, NamespaceId name);
  bool on_registry(Action action, RegistryId registry);
  bool on_platform(Action action);
  bool has_role(WorkspaceId workspace, Role least, Named about);
  bool administrator(Named about);
  bool sees_platform(Named about);

  [[nodiscard]] static std::string name_of(const Place& place);
  [[nodiscard]] std::string name_of(WorkspaceId workspace) const;

  const Snapshot& snapshot_;
  Trace trace_;
  Asker asker_;
};

}  // namespace berth::access
