#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "events/events.h"
#include "identity/context.h"

namespace berth::identity {

struct GroupRecord {
  GroupId id;
  std::string name;
  std::string source;  // local, oidc, ldap
  Time created_at;
  std::vector<std::string> members;  // logins, sorted
};
[[nodiscard]] json::object to_json(const GroupRecord& group);

/// Groups of users: principals that workspaces take as members. Thread-safe; each change is one transaction. The
/// members of a group from a directory are the directory's: changing them here is kConflict.
class Groups {
 public:
  explicit Groups(Context context) : context_(context) {}

  [[nodiscard]] Result<GroupRecord> create(const LoginName& name, const events::Actor& by);
  [[nodiscard]] Result<GroupRecord> find(const std::string& name);
  /// By name, from behind `after`.
  [[nodiscard]] std::vector<GroupRecord> list(const std::string& after, std::size_t limit);
  /// With its memberships in workspaces.
  [[nodiscard]] Result<void> remove(const std::string& name, const events::Actor& by);

  struct Pair {
    std::string group;
    std::string login;
  };
  /// Adding who is there and removing who is not change nothing, and are no errors.
  [[nodiscard]] Result<void> add_member(const Pair& pair, const events::Actor& by);
  [[nodiscard]] Result<void> remove_member(const Pair& pair, const events::Actor& by);

 private:
  enum class Membership : bool { kEnds, kBegins };
  Result<void> change_member(const Pair& pair, Membership membership, const events::Actor& by);

  Context context_;
};

}  // namespace berth::identity
