#pragma once

#include "tenancy/change.h"
#include "tenancy/if_match.h"
#include "tenancy/page.h"

namespace berth::tenancy {

struct Space {
  SpaceId id;
  std::string registry;
  std::string name;
  bool is_public = false;           // its own switch
  bool effectively_public = false;  // by the access rule: its own switch or its registry's
  std::optional<WorkspaceId> owner;
  std::string owner_name;
  std::string description;
  bool allow_sparse = false;
  bool pull_through = false;
  std::optional<std::int64_t> quota_bytes;
  std::optional<std::int64_t> untagged_days;  // manifests without a tag go after so many; nullopt: they stay
  std::int64_t logical_bytes = 0;
  Time created_at;
  std::int64_t version = 0;

  [[nodiscard]] std::string full_name() const { return registry + "/" + name; }
};
[[nodiscard]] json::object to_json(const Space& space);

/// A space's name where one may be made: one component of an OCI name, at most 128 characters (so that repositories fit
/// into 255 behind it), and none that a path or an image reference uses for something else.
[[nodiscard]] Result<SpaceName> parse_new_space_name(std::string_view text);

/// First-level groups of repositories. Made, changed and removed here in the embedded registry; those of other
/// registries follow what their registry has. Any thread; a call blocks for its transaction.
class Spaces {
 public:
  static constexpr std::int64_t kMaxQuota = std::int64_t{1} << 60;
  static constexpr std::int64_t kMaxDays = 3650;

  explicit Spaces(const Context& context) : context_(context) {}

  struct At {
    std::string registry;
    std::string space;
  };
  struct New {
    std::string registry;
    SpaceName name;
    bool is_public = false;
    std::optional<WorkspaceName> owner;
    std::string description;
    bool allow_sparse = false;
    std::optional<std::int64_t> quota_bytes;
    std::optional<std::int64_t> untagged_days;
  };
  /// By a platform administrator, or by an admin of the workspace that is to own it: kDenied otherwise, and for a quota
  /// that a tenant sets. A space is bound to nobody at first, its owner included: binding is the platform's.
  Result<Space> create(const Asking& asking, const New& wanted);

  struct Patch {
    std::optional<bool> is_public;
    std::optional<std::string> description;
    std::optional<bool> allow_sparse;
    std::optional<std::optional<std::int64_t>> quota_bytes;  // inner nullopt: without
    std::optional<std::optional<std::int64_t>> untagged_days;
    std::optional<std::optional<WorkspaceName>> owner;
  };
  /// Quota and owner are the platform administrator's to change: kDenied.
  Result<Space> update(const Asking& asking, const At& at, const Patch& patch, const IfMatch& if_match);

  /// kConflict, naming them, while it has repositories, bindings or uploads under way.
  Result<void> remove(const Asking& asking, const At& at, const IfMatch& if_match);

  [[nodiscard]] Result<Space> find(const Asking& asking, const At& at) const;
  /// Those of the registry that the asker may see.
  [[nodiscard]] Slice<Space> list(const Asking& asking, const std::string& registry, const http::Page& page) const;

 private:
  Context context_;
};

}  // namespace berth::tenancy
