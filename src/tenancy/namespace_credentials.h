#pragma once

#include "tenancy/change.h"

namespace berth::tenancy {

/// A login with which the kubelets of one namespace pull, and can do nothing else.
struct NamespaceCredential {
  CredentialId id;
  std::string username;  // ns+<cluster>+<namespace>+<4 hex>
  Time created_at;
  std::optional<Time> expires_at;
};
[[nodiscard]] json::object to_json(const NamespaceCredential& credential);

/// The credentials of namespaces: several at a time, for rotation without a gap. They belong to the namespace, not to
/// the workspace: each decides with the workspace that the namespace is bound to at that moment, or with none. Any
/// thread; a call blocks for its transaction.
class NamespaceCredentials {
 public:
  static constexpr std::int64_t kMost = 20;

  explicit NamespaceCredentials(const Context& context) : context_(context) {}

  struct Made {
    NamespaceCredential credential;
    std::string password;  // kept as its SHA-256 only: this is the one time that it is seen
  };
  /// kConflict: the namespace has kMost already. kInvalid: it would be expired at once.
  Result<Made> create(const Asking& asking, NamespaceId name, std::optional<Time> expires_at);
  /// kNotFound also for a credential of another namespace.
  Result<void> remove(const Asking& asking, NamespaceId name, CredentialId id);
  /// All of them; there are few.
  [[nodiscard]] std::vector<NamespaceCredential> list(NamespaceId name) const;

 private:
  Context context_;
};

}  // namespace berth::tenancy
