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
  kEditWorkspace,    // editor or admin of it; administrator
  kManageWorkspace,  // admin of it: members, robots, release/bind of claimed namespaces; administrator
  // On a namespace.
  kSeeNamespace,     // members of the workspace that claims or holds it; administrator and auditor
  kManageNamespace,  // admin of the claiming workspace: bind, release, credentials; administrator
  // On a registry.
  kSeeRegistry,     // platform-scoped: everybody signed in; workspace-scoped: its members, and its existence for the
                    // platform
  kManageRegistry,  // platform-scoped: administrator; workspace-scoped: admin of its workspace, and nobody else
  // On the platform.
  kSignedIn,
  kChangeOwn,   // signed in, and the credential may change things: own password, tokens, robots
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

/// What a step's text names, for deciding who may read it. PlatformTarget: something that does not exist, which only
/// those who see the whole platform are told.
using Named = std::variant<PlatformTarget, WorkspaceId, NamespaceId, RegistryId, SpaceId>;

/// One step of a decision's reasons, in order.
struct Step {
  bool holds = false;
  std::string text;  // "space harbor-a/base is private and not bound to workspace retail"
  std::vector<Named> names = {};
  bool administrators_only = false;  // names what the one who was decided about may not see
};

struct Explanation {
  bool allowed = false;
  std::vector<Step> steps;
};

/// What a tenant is told when a refusal has reasons that are hidden: the same for what is not there and for what is not
/// theirs.
inline constexpr std::string_view kNotAllotted = "not found, or not allotted to your workspace";

/// Without the steps for administrators only; a refusal that had any ends with kNotAllotted. For showing people the
/// decision about themselves; about somebody else: Decider::explain_to().
[[nodiscard]] Explanation for_tenant(Explanation explanation);

/// Asks the access rule (docs/access.md) on one snapshot, at one moment.
///
/// Pure: no I/O, no locks; the time for expiries is an argument. Any thread may call it. A few hash lookups; it
/// allocates only for an explanation.
class Decider {
 public:
  /// `snapshot` must outlive the decider; callers hold it by shared_ptr for the length of a request.
  Decider(const Snapshot& snapshot, Time now) : snapshot_(snapshot), now_(now) {}

  /// A target of another kind than the action is about is refused, and so is a target that does not exist.
  [[nodiscard]] bool may(const Subject& who, Action action, const Target& what) const;

  /// The same path as may(), with its reasons: all of them, for those who may read them all.
  [[nodiscard]] Explanation explain(const Subject& who, Action action, const Target& what) const;

  /// explain() for `reader`: only the steps that name nothing but what `reader` may see; a refusal that had others ends
  /// with kNotAllotted. A target that the reader may not see is explained as one that does not exist. Whether `reader`
  /// may ask about `who` at all is for the caller to check.
  [[nodiscard]] Explanation explain_to(const Subject& reader, const Subject& who, Action action,
                                       const Target& what) const;

  /// What push of a new repository makes its home: the workspace through which `who` may push. nullopt when there is
  /// none, also for an administrator who pushes as such. Among several: `preferred`, else the space's owner, else the
  /// oldest. Grants and scope are not looked at: ask may(kPush) first.
  [[nodiscard]] std::optional<WorkspaceId> home_for_push(const Subject& who, SpaceId space,
                                                         std::optional<WorkspaceId> preferred = std::nullopt) const;

  /// visible(W): every space that the workspace's namespaces may pull. All visible_to() are sorted; unknown ids see
  /// nothing.
  [[nodiscard]] std::vector<SpaceId> visible_to(WorkspaceId workspace) const;
  /// visible(workspace(N)).
  [[nodiscard]] std::vector<SpaceId> visible_to(NamespaceId name) const;
  /// { s : see(who, s) }, or { s : pull(who, s) } with kPull. Neither looks into single repositories: a credential
  /// whose grants name some repositories of a space does not make the space visible.
  [[nodiscard]] std::vector<SpaceId> visible_to(const Subject& who, Action action = Action::kSee) const;

 private:
  const Snapshot& snapshot_;
  Time now_;
};

}  // namespace berth::access
