#pragma once

#include "tenancy/change.h"
#include "tenancy/page.h"

namespace berth::tenancy {

enum class PrincipalKind { kUser, kGroup };
[[nodiscard]] std::string_view to_text(PrincipalKind kind);  // user, group
[[nodiscard]] std::optional<PrincipalKind> parse_principal_kind(std::string_view text);

struct Member {
  PrincipalKind kind = PrincipalKind::kUser;
  std::int64_t principal = 0;
  std::string name;          // login, or the group's name
  std::string display_name;  // of a user
  access::Role role = access::Role::kViewer;
  Time created_at;
};
[[nodiscard]] json::object to_json(const Member& member);

/// Who belongs to a workspace, and as what. Any thread; a call blocks for its transaction.
///
/// A workspace may lose its last administrator: the platform's remain. It is said in `warnings`.
class Members {
 public:
  explicit Members(const Context& context) : context_(context) {}

  struct Who {
    std::string workspace;
    PrincipalKind kind = PrincipalKind::kUser;
    std::string name;
  };
  struct Put {
    Member member;
    bool added = false;
    std::vector<std::string> warnings;
  };
  /// Adds the member, or gives it another role. kNotFound: no such workspace, user or group.
  Result<Put> put(const Asking& asking, const Who& who, access::Role role);

  /// What there is to say about it; mostly nothing.
  using Warnings = std::vector<std::string>;
  Result<Warnings> remove(const Asking& asking, const Who& who);

  [[nodiscard]] Result<Slice<Member>> list(const std::string& workspace, const http::Page& page) const;

 private:
  Context context_;
};

}  // namespace berth::tenancy
