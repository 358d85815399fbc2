#pragma once

#include "tenancy/change.h"
#include "tenancy/if_match.h"
#include "tenancy/page.h"

namespace berth::tenancy {

struct Workspace {
  WorkspaceId id;
  std::string name;
  std::string display_name;
  std::string description;
  std::int64_t administrators = 0;  // members with the role admin; 0: only the platform's administrators can manage it
  std::optional<std::int64_t> quota_bytes;  // over the spaces that it owns
  std::int64_t logical_bytes = 0;           // what they hold
  Time created_at;
  std::int64_t version = 0;
};
[[nodiscard]] json::object to_json(const Workspace& workspace);

/// The tenants. Any thread; a call blocks for its transaction. Whether the asker may is decided before, except for
/// list(), which gives only what the asker may see.
class Workspaces {
 public:
  explicit Workspaces(const Context& context) : context_(context) {}

  struct New {
    WorkspaceName name;
    std::string display_name;
    std::string description;
    std::optional<std::int64_t> quota_bytes;
  };
  /// kConflict: the name is taken.
  Result<Workspace> create(const Asking& asking, const New& wanted);

  struct Patch {
    std::optional<std::string> display_name;
    std::optional<std::string> description;
    std::optional<std::optional<std::int64_t>> quota_bytes;  // inner nullopt: without
  };
  /// The quota is the platform administrator's to change: kDenied.
  /// A patch that changes nothing leaves the version as it is.
  Result<Workspace> update(const Asking& asking, const std::string& name, const Patch& patch, const IfMatch& if_match);

  /// Its members go with it. kConflict, naming what stands in the way, while it has bindings, namespaces, spaces, homes
  /// of repositories, robots or registries.
  Result<void> remove(const Asking& asking, const std::string& name, const IfMatch& if_match);

  [[nodiscard]] Result<Workspace> find(const std::string& name) const;
  [[nodiscard]] Slice<Workspace> list(const Asking& asking, const http::Page& page) const;

 private:
  Context context_;
};

}  // namespace berth::tenancy
