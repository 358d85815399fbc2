#pragma once

#include <map>
#include <set>

#include "access/decider.h"
#include "access/tests/support/world.h"

namespace berth::access::testing {

/// The formulas of docs/access.md again, as sets over plain lists: slow, obvious, and sharing nothing with the decision
/// but the facts. What the two disagree on is a mistake in one of them.
class Oracle {
 public:
  Oracle(const World& world, Time now);

  [[nodiscard]] bool may(const Subject& who, Action action, const Target& what) const;
  [[nodiscard]] std::set<SpaceId> visible(std::optional<WorkspaceId> workspace) const;
  /// The homes that a new repository may get by a push of `who`.
  [[nodiscard]] std::set<WorkspaceId> homes(const Subject& who, SpaceId space) const;

 private:
  /// What counts of a user; a workspace's robot is one who is an editor there and nothing else.
  struct Person {
    PlatformRole platform = PlatformRole::kNone;
    std::map<WorkspaceId, Role> roles;
  };
  using Repository = std::optional<RepositoryTarget>;

  [[nodiscard]] std::optional<Person> person(UserId id) const;
  [[nodiscard]] std::optional<Person> person_behind(const Subject& who) const;
  [[nodiscard]] const Grants* grants_of(const Subject& who) const;
  [[nodiscard]] static std::set<WorkspaceId> workspaces(const Person& person, Role least);

  [[nodiscard]] std::set<SpaceId> spaces_where(const std::function<bool(const Space&, const Registry&)>& holds) const;
  [[nodiscard]] std::set<SpaceId> bound(WorkspaceId workspace, bool with_push) const;
  [[nodiscard]] std::set<SpaceId> out_of_reach(WorkspaceId workspace) const;

  [[nodiscard]] bool granted(const Grants& grants, Action action, const Target& what) const;
  [[nodiscard]] bool in_scope(const Scope& scope, Action action, const Target& what) const;
  [[nodiscard]] bool namespace_may(const NamespaceSubject& who, Action action, const Target& what) const;
  [[nodiscard]] bool anonymous_may(Action action, const Target& what) const;
  [[nodiscard]] bool person_may(const Person& person, Action action, const Target& what) const;

  [[nodiscard]] bool pull(const Person& person, SpaceId space) const;
  [[nodiscard]] bool push(const Person& person, SpaceId space, const Repository& repository) const;
  [[nodiscard]] bool manage(const Person& person, SpaceId space) const;
  [[nodiscard]] bool remove(const Person& person, SpaceId space, const Repository& repository) const;

  const World& world_;
  Time now_;
  std::set<SpaceId> all_, public_, of_platform_, pull_through_;
  std::map<WorkspaceId, std::set<SpaceId>> visible_, pushable_;
};

}  // namespace berth::access::testing
