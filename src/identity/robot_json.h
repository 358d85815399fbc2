#pragma once

#include "access/snapshot.h"
#include "base/json.h"
#include "identity/access_tokens.h"
#include "identity/robots.h"

/// Robots and access tokens for people; secrets are in none of these.
namespace berth::identity {

/// For the audit log: grants with the ids of spaces, which never change.
[[nodiscard]] json::object audit_json(const RobotRecord& robot);
/// For the API: names.
[[nodiscard]] json::object to_json(const RobotRecord& robot, const access::Snapshot& snapshot);
[[nodiscard]] json::object to_json(const AccessTokenRecord& token, const access::Snapshot& snapshot);

}  // namespace berth::identity
