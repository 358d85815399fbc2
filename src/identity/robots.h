#pragma once

#include <string>
#include <variant>
#include <vector>

#include "events/events.h"
#include "identity/context.h"
#include "identity/limits.h"

namespace berth::identity {

/// Robots' logins begin with this: robot+<workspace>+<name>, robot+<login>+<name>.
inline constexpr std::string_view kRobotPrefix = "robot+";

using RobotOwner = std::variant<WorkspaceId, UserId>;

struct RobotRecord {
  RobotId id;
  LoginName login;
  RobotOwner owner;
  std::string description;
  access::Grants grants;
  bool disabled = false;
  bool temporary = false;
  std::string created_by;
  Time created_at;
  std::optional<Time> expires_at;
  std::int64_t version = 0;
};

struct NewRobot {
  RobotOwner owner;
  std::string name;  // the last part of the login: a repository component
  std::string description;
  access::Grants grants;
  std::optional<Time> expires_at;
  bool temporary = false;  // for one push: expires within a day and is removed then
};
struct CreatedRobot {
  RobotRecord robot;
  std::string secret;  // to be shown once; kept as SHA-256 only
};
/// A double optional's inner nullopt takes the expiry away.
struct RobotPatch {
  std::optional<std::string> description;
  std::optional<access::Grants> grants;
  std::optional<std::optional<Time>> expires_at;
  std::optional<bool> disabled;
};
/// A robot under its owner: the same id under another owner is not found.
struct RobotKey {
  RobotOwner owner;
  RobotId id;
};

/// Machine credentials. Thread-safe; each change is one transaction with audit and snapshot, and counts from the next
/// request on. Whoever makes a robot, changes one or takes a new secret gets no more than their own `limits` (kDenied).
class Robots {
 public:
  explicit Robots(Context context) : context_(context) {}

  [[nodiscard]] Result<CreatedRobot> create(const NewRobot& wanted, const Limits& limits, const events::Actor& by);
  [[nodiscard]] Result<RobotRecord> find(const RobotKey& key);
  /// By id, from behind `after`.
  [[nodiscard]] std::vector<RobotRecord> list(const RobotOwner& owner, RobotId after, std::size_t limit);
  /// kPreconditionFailed when `if_version` is given and is not the row's version.
  [[nodiscard]] Result<RobotRecord> patch(const RobotKey& key, const RobotPatch& patch,
                                          std::optional<std::int64_t> if_version, const Limits& limits,
                                          const events::Actor& by);
  /// A new secret; the old one ends at once.
  [[nodiscard]] Result<CreatedRobot> rotate(const RobotKey& key, const Limits& limits, const events::Actor& by);
  [[nodiscard]] Result<void> remove(const RobotKey& key, const events::Actor& by);

  /// Removes temporary robots that have expired, at most a few hundred at a time; how many.
  std::size_t sweep(Time now);

 private:
  Context context_;
};

}  // namespace berth::identity
