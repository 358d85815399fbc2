#pragma once

#include "tenancy/change.h"
#include "tenancy/if_match.h"
#include "tenancy/page.h"
#include "tenancy/uid.h"

namespace berth::tenancy {

struct Cluster {
  ClusterId id;
  std::string name;
  std::string uid;  // of its kube-system namespace
  std::string description;
  Time created_at;
  std::int64_t version = 0;
};
[[nodiscard]] json::object to_json(const Cluster& cluster);

/// The Kubernetes clusters whose namespaces pull. Not in the snapshot, except for their names in namespaces; so a name
/// never changes. Any thread; a call blocks for its transaction.
class Clusters {
 public:
  explicit Clusters(const Context& context) : context_(context) {}

  struct New {
    LabelName name;
    Uid uid;
    std::string description;
  };
  /// kConflict: the name or the UID is taken.
  Result<Cluster> create(const Asking& asking, const New& wanted);
  Result<Cluster> update(const Asking& asking, const std::string& name, const std::optional<std::string>& description,
                         const IfMatch& if_match);
  /// kConflict while it has namespaces.
  Result<void> remove(const Asking& asking, const std::string& name, const IfMatch& if_match);

  [[nodiscard]] Result<Cluster> find(const std::string& name) const;
  [[nodiscard]] Slice<Cluster> list(const http::Page& page) const;

 private:
  Context context_;
};

}  // namespace berth::tenancy
