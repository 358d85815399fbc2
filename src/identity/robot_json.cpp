#include "identity/robot_json.h"

#include "access/grants_json.h"
#include "identity/grants_api.h"

namespace berth::identity {
namespace {

json::value time_or_null(const std::optional<Time>& time) {
  return time ? json::value(to_rfc3339(*time)) : json::value(nullptr);
}

json::object without_grants(const RobotRecord& robot) {
  return {{"id", robot.id.value()},
          {"login", robot.login.text()},
          {"description", robot.description},
          {"disabled", robot.disabled},
          {"temporary", robot.temporary},
          {"created_by", robot.created_by},
          {"created_at", to_rfc3339(robot.created_at)},
          {"expires_at", time_or_null(robot.expires_at)}};
}

}  // namespace

json::object audit_json(const RobotRecord& robot) {
  auto object = without_grants(robot);
  object["grants"] = access::to_json(robot.grants);
  return object;
}

json::object to_json(const RobotRecord& robot, const access::Snapshot& snapshot) {
  auto object = without_grants(robot);
  object["grants"] = grants_to_api(robot.grants, snapshot);
  return object;
}

json::object to_json(const AccessTokenRecord& token, const access::Snapshot& snapshot) {
  return {{"id", token.id.value()},
          {"name", token.name},
          {"grants", grants_to_api(token.grants, snapshot)},
          {"created_at", to_rfc3339(token.created_at)},
          {"expires_at", time_or_null(token.expires_at)}};
}

}  // namespace berth::identity
