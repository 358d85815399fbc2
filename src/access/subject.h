#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "access/model.h"

namespace berth::access {

/// Who asks. Ids, not rows: the rows are looked up in the snapshot of each decision, so that a disabled user, a revoked
/// robot and a removed credential stop at the next request, also behind a token that was issued before.
struct Anonymous {
  friend bool operator==(const Anonymous&, const Anonymous&) = default;
};
struct RobotSubject {
  RobotId id;
  friend bool operator==(const RobotSubject&, const RobotSubject&) = default;
};
struct UserSubject {
  UserId id;
  std::optional<AccessTokenId> token;  // came by a personal access token: its grants limit the user
  friend bool operator==(const UserSubject&, const UserSubject&) = default;
};
struct NamespaceSubject {
  NamespaceId id;
  CredentialId credential;
  friend bool operator==(const NamespaceSubject&, const NamespaceSubject&) = default;
};

/// One repository in a registry token's scope ("repository:shop/web:pull,push").
struct ScopeGrant {
  RepositoryName repository;
  Verbs verbs;
};
/// What a registry token was issued for.
struct Scope {
  std::vector<ScopeGrant> repositories;
  bool catalog = false;  // "registry:catalog:*": the list of what the subject may pull
  [[nodiscard]] bool empty() const { return repositories.empty() && !catalog; }
};

struct Subject {
  std::variant<Anonymous, UserSubject, RobotSubject, NamespaceSubject> who;
  /// Set behind a registry token: nothing outside it is allowed. Such a subject never uses the REST API.
  std::optional<Scope> scope;

  [[nodiscard]] bool anonymous() const { return std::holds_alternative<Anonymous>(who); }
};

/// The subject's stable text, for tokens, uploads, audit and creators: "user:12", "robot:7", "namespace:3:9",
/// "token:12:5" (user 12 through token 5), "anonymous".
[[nodiscard]] std::string to_text(const Subject& subject);
[[nodiscard]] Result<Subject> parse_subject(std::string_view text);

}  // namespace berth::access
