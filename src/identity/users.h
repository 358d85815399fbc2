#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/model.h"
#include "base/json.h"
#include "events/events.h"
#include "identity/context.h"
#include "identity/passwords.h"

namespace berth::identity {

struct UserRecord {
  UserId id;
  LoginName login;
  std::string display_name;
  std::string email;
  access::PlatformRole platform_role = access::PlatformRole::kNone;
  bool disabled = false;
  bool has_password = false;
  Time created_at;
  std::int64_t version = 0;
};
[[nodiscard]] json::object to_json(const UserRecord& user);

struct NewUser {
  LoginName login;
  std::string display_name;
  std::string email;
  std::optional<std::string> password;  // nullopt: generated
  access::PlatformRole platform_role = access::PlatformRole::kNone;
};
struct CreatedUser {
  UserRecord user;
  std::optional<std::string> generated_password;  // to be shown once
};
struct UserPatch {
  std::optional<std::string> display_name;
  std::optional<std::string> email;
  std::optional<access::PlatformRole> platform_role;
  std::optional<bool> disabled;
  std::optional<std::string> password;
};
struct UserQuery {
  std::string search;  // part of login, display name or email, without case
  std::string after;   // a login
  std::size_t limit = 50;
};

/// The people who use this server. Thread-safe: every method is a transaction of its own, with audit and snapshot.
///
/// There is always an administrator who is not disabled: what would end that is refused with kConflict. Disabling a
/// user or setting a password ends the user's sessions; removing one takes along tokens, robots and memberships.
class Users {
 public:
  Users(Context context, const PasswordHasher& hasher) : context_(context), hasher_(hasher) {}

  /// kInvalid for a password against the policy or a login with a reserved prefix, kConflict for a login that is taken.
  [[nodiscard]] Result<CreatedUser> create(const NewUser& wanted, const events::Actor& by);
  [[nodiscard]] Result<UserRecord> find(const std::string& login);
  /// By login.
  [[nodiscard]] std::vector<UserRecord> list(const UserQuery& query);
  /// kPreconditionFailed when `if_version` is given and is not the row's version.
  [[nodiscard]] Result<UserRecord> patch(const std::string& login, const UserPatch& patch,
                                         std::optional<std::int64_t> if_version, const events::Actor& by);
  [[nodiscard]] Result<void> remove(const std::string& login, const events::Actor& by);
  /// The user's own. Ends the user's sessions but `keep`.
  [[nodiscard]] Result<void> set_password(UserId user, const std::string& password, std::optional<SessionId> keep,
                                          const events::Actor& by);

  /// On an empty table only: an administrator with `password`, or with a generated one, which is returned to be shown
  /// once (design, security rule 5). nullopt when there are users already. Safe with several replicas starting.
  [[nodiscard]] Result<std::optional<CreatedUser>> create_first_administrator(
      const LoginName& login, const std::optional<std::string>& password);

 private:
  Context context_;
  const PasswordHasher& hasher_;
};

}  // namespace berth::identity
