#include "http/actor.h"

namespace berth::http {

std::string actor_name(const access::Subject& subject, const access::Snapshot& snapshot) {
  if (const auto* user = std::get_if<access::UserSubject>(&subject.who)) {
    if (const auto* row = snapshot.users.find(user->id)) return "user:" + row->login.text();
    return fmt::format("user:{}", user->id.value());
  }
  if (const auto* robot = std::get_if<access::RobotSubject>(&subject.who)) {
    if (const auto* row = snapshot.robots.find(robot->id)) return "robot:" + row->name.text();
    return fmt::format("robot:{}", robot->id.value());
  }
  if (const auto* name = std::get_if<access::NamespaceSubject>(&subject.who)) {
    if (const auto* row = snapshot.namespaces.find(name->id))
      return fmt::format("namespace:{}/{}", row->cluster, row->name.text());
    return fmt::format("namespace:{}", name->id.value());
  }
  return "anonymous";
}

}  // namespace berth::http
