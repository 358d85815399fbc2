#pragma once

#include "tenancy/change.h"
#include "tenancy/if_match.h"
#include "tenancy/page.h"
#include "tenancy/uid.h"

namespace berth::tenancy {

struct Namespace {
  NamespaceId id;
  std::string cluster;
  std::string name;
  std::string uid;
  std::optional<WorkspaceId> claimed_by;
  std::string claimed_by_name;  // empty: nobody
  bool bound = false;           // to the workspace that claims it; to another it never is
  Time created_at;
  std::int64_t version = 0;

  [[nodiscard]] std::string full_name() const { return cluster + "/" + name; }
};
[[nodiscard]] json::object to_json(const Namespace& name);

/// Kubernetes namespaces, and which workspace each is given (claimed) and bound to: at most one, and the same one.
///
/// An unbound namespace keeps its credentials; they pull what is public. Any thread; a call blocks for its transaction,
/// in which the namespace's row is locked, so that of two claims at once one is refused and names the other.
class Namespaces {
 public:
  explicit Namespaces(const Context& context) : context_(context) {}

  struct New {
    LabelName cluster;
    LabelName name;
    Uid uid;
    std::optional<WorkspaceName> workspace;  // claims it and binds it at once
  };
  /// kNotFound: no such cluster or workspace. kConflict: the cluster has it already.
  Result<Namespace> create(const Asking& asking, const New& wanted);
  /// Its credentials go with it.
  Result<void> remove(const Asking& asking, NamespaceId id, const IfMatch& if_match);

  /// Gives it to a workspace and binds it. Again for the same one: binds it if it was released. kConflict: another
  /// workspace claims it, which is named.
  Result<Namespace> claim(const Asking& asking, NamespaceId id, const WorkspaceName& workspace,
                          const IfMatch& if_match);
  /// Takes it from its workspace, bound or not.
  Result<Namespace> unclaim(const Asking& asking, NamespaceId id, const IfMatch& if_match);

  /// Binds it to the workspace that claims it. kConflict: none does.
  Result<Namespace> bind(const Asking& asking, NamespaceId id, const IfMatch& if_match);
  /// The claim stays.
  Result<Namespace> release(const Asking& asking, NamespaceId id, const IfMatch& if_match);

  [[nodiscard]] Result<Namespace> find(NamespaceId id) const;
  /// Those that the asker may see, by full name; of one workspace, if named.
  [[nodiscard]] Slice<Namespace> list(const Asking& asking, std::optional<WorkspaceId> claimed_by,
                                      const http::Page& page) const;

 private:
  struct Standing {
    std::optional<WorkspaceId> claimed_by;
    bool bound = false;
    friend bool operator==(const Standing&, const Standing&) = default;
  };
  /// `next(tx, namespace)` tells the new standing.
  template <class Next>
  Result<Namespace> change(const Asking& asking, NamespaceId id, Verb verb, const IfMatch& if_match, Next&& next);
  static Result<Namespace> stand(db::Connection& tx, Changes& changes, const Namespace& before, Verb verb,
                                 const Standing& standing);

  Context context_;
};

}  // namespace berth::tenancy
