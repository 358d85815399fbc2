#pragma once

#include "tenancy/change.h"
#include "tenancy/page.h"
#include "tenancy/would_be.h"

namespace berth::tenancy {

enum class DryRun : bool { kNo, kYes };

/// "berth/base": a space as people name it.
struct SpaceRef {
  RegistryName registry;
  SpaceName space;
  static Result<SpaceRef> parse(std::string_view text);
  [[nodiscard]] std::string text() const { return registry.text() + "/" + space.text(); }
};

struct Binding {
  std::string space;
  std::string workspace;
  access::Access access = access::Access::kPull;
  Time created_at;
};
[[nodiscard]] json::object to_json(const Binding& binding);

/// Which workspaces may use which spaces. Any thread; a call blocks for its transaction.
///
/// A batch is every named space with every named workspace, all or nothing. Its delta says who comes to see, or loses
/// sight of, which spaces: the access rule's answer on the snapshot as it is and as it would be.
class Bindings {
 public:
  static constexpr std::size_t kMostPairs = 10'000;

  explicit Bindings(const Context& context) : context_(context) {}

  struct Batch {
    std::vector<SpaceRef> spaces;
    std::vector<WorkspaceName> workspaces;
    DryRun dry_run = DryRun::kNo;
  };
  struct Outcome {
    struct Changed {
      std::string space;
      std::string workspace;
      std::optional<access::Access> before;  // nullopt: was not bound
      std::optional<access::Access> after;   // nullopt: is not bound any more
    };
    std::vector<Changed> changed;  // by workspace, then space
    AccessDelta delta;
  };
  /// Afterwards every pair is bound with exactly `access`. kInvalid, with each as a subject: unknown spaces and
  /// workspaces, and spaces of a workspace's own registry.
  Result<Outcome> add(const Asking& asking, const Batch& batch, access::Access access);
  /// Afterwards no pair is bound; one that was not is no error. The same refusals.
  Result<Outcome> remove(const Asking& asking, const Batch& batch);

  struct Filter {
    std::optional<SpaceId> space;
    std::optional<WorkspaceId> workspace;
  };
  /// Those of workspaces that the asker may see; by workspace, then space.
  [[nodiscard]] Slice<Binding> list(const Asking& asking, const Filter& filter, const http::Page& page) const;

 private:
  Result<Outcome> set(const Asking& asking, const Batch& batch, std::optional<access::Access> access);

  Context context_;
};

}  // namespace berth::tenancy
