#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "access/snapshot.h"
#include "access/subject.h"

namespace berth::access {

/// Everything that can be asked. The formulas stand in design.md 3 and docs/access.md.
enum class Action {
  // On a space, or a repository in it.
  kPull,
  kPush,
  kDelete,
  kSee,     // lists, details, layers: pull's condition; never anonymous
  kManage,  // settings, publish, retention, robots, moving others' tags
  // On a pair.
  kBind,   // a space to a workspace
  kClaim,  // a namespace for a workspace
  // On a workspace.
  kSeeWorkspace,     // any member; administrator and auditor
  kEditWorkspace,    // editor or admin of it
  kManageWorkspace,  // admin of it: members, robots, release/bind of claimed namespaces
  // On a namespace.
  kSeeNamespace,     // members of the workspace that claims or holds it; administrator and auditor
  kManageNamespace,  // admin of the claiming workspace: bind, release, credentials
  // On a registry.
  kSeeRegistry,     // platform-scoped: everybody signed in; workspace-scoped: its members, and its existence for the platform
  kManageRegistry,  // platform administrator, or the admin of its workspace
  // On the platform.
  kSignedIn,
  kAudit,       // administrator or auditor
  kAdminister,  // administrator
};

/// A repository of a space, as far as the rule needs it: its path, and whose it is.
struct RepositoryTarget {
  RepositoryPath path;
  bool exists = false;
  std::optional<WorkspaceId> home;
};
struct SpaceTarget {
  SpaceId space;
  std::optional<RepositoryTarget> repository;
};
struct BindTarget {
  SpaceId space;
  WorkspaceId workspace;
};
struct ClaimTarget {
  NamespaceId name;
  WorkspaceId workspace;
};
struct PlatformTarget {};
using Target = std::variant<PlatformTarget, SpaceTarget, BindTarget, ClaimTarget, WorkspaceId, NamespaceId, RegistryId>;

/// One step of a decision's reasons, in order. `names_hidden` steps are left out of a tenant's explanation.
struct Step {
  bool holds = false;
  std::string text;             // "space harbor-a/base is private and not bound to workspace retail"
  bool administrators_only = false;
};

struct Explanation {
  bool allowed = false;
  std::vector<Step> steps;
};

/// Asks the access rule (docs/access.md) on one snapshot, at one moment.
///
/// Pure: no I/O, no locks; the time for expiries is an argument. Any thread may call it. A few hash lookups; it
/// allocates only for an explanation.
class Decider {
 public:
  /// `snapshot` must outlive the decider; callers hold it by shared_ptr for the length of a request.
  Decider(const Snapshot& snapshot, Time now) : snapshot_(snapshot), now_(now) {}

  [[nodiscard]] bool may(const Subject& who, Action action, const Target& what) const;

  /// The same path as may(), with its reasons.
  [[nodiscard]] Explanation explain(const Subject& who, Action action, const Target& what) const;

  /// What push of a new repository makes its home: the workspace through which `who` may push. nullopt when none may.
  /// `preferred` is taken when it is one of several.
  [[nodiscard]] std::optional<WorkspaceId> home_for_push(const Subject& who, SpaceId space,
                                                         std::optional<WorkspaceId> preferred = std::nullopt) const;

  /// visible(W): every space that the workspace's namespaces may pull.
  [[nodiscard]] std::vector<SpaceId> visible_to(WorkspaceId workspace) const;
  /// visible(workspace(N)).
  [[nodiscard]] std::vector<SpaceId> visible_to(NamespaceId name) const;
  /// { s : see(who, s) }.
  [[nodiscard]] std::vector<SpaceId> visible_to(const Subject& who) const;

 private:
  const Snapshot& snapshot_;
  Time now_;
};

}  // namespace berth::access
