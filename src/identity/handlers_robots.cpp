#include "identity/grants_api.h"
#include "identity/handlers.h"
#include "identity/rest.h"
#include "identity/robot_json.h"

namespace berth::identity::handlers {
namespace {

Result<RobotOwner> owner_of(const Call& call) {
  if (!call.path.contains("workspace")) {
    const auto user = rest::me(call);
    if (!user) return fail(user.error());
    return *user;
  }
  const auto* workspace = call.snapshot->workspace_by_name.find(call.param("workspace"));
  if (!workspace) return fail(Fault::kNotFound, "there is no such workspace");
  return *workspace;
}

Result<RobotKey> key_of(const Call& call) {
  auto owner = owner_of(call);
  if (!owner) return fail(std::move(owner.error()));
  const auto id = rest::id_param<RobotId>(call, "robot");
  if (!id) return fail(id.error());
  return RobotKey{*owner, *id};
}

Response show(const RobotRecord& robot, const Call& call) {
  auto response = http::json_response(200, to_json(robot, *call.snapshot));
  rest::set_version(response, robot.version);
  return response;
}

json::object with_secret(const CreatedRobot& created, const Call& call) {
  auto body = to_json(created.robot, *call.snapshot);
  body["secret"] = created.secret;
  return body;
}

/// Absent: as it is. "never": no expiry (null would read as absent).
std::optional<std::optional<Time>> read_new_expiry(http::Fields& fields) {
  const auto text = fields.optional_string("expires_at");
  if (!text) return std::nullopt;
  if (*text == "never") return std::optional<Time>();
  const auto time = parse_rfc3339(*text);
  if (!time) fields.refuse("expires_at", "must be an RFC 3339 time, or \"never\"");
  return time.value_or(Time());
}

}  // namespace

Response list_robots(Identity& identity, Call& call) {
  const auto owner = owner_of(call);
  if (!owner) return http::answer(call, owner.error());
  const auto page = http::Page::parse(call.request.query);
  if (!page) return http::answer(call, page.error());
  const RobotId after(page->after ? rest::parse_id(*page->after).value_or(0) : 0);
  auto robots = identity.robots.list(*owner, after, page->limit + 1);
  const bool more = robots.size() > page->limit;
  if (more) robots.pop_back();
  json::array items;
  for (const auto& robot : robots) items.push_back(to_json(robot, *call.snapshot));
  auto response = rest::list(std::move(items));
  if (more) http::set_next_page(response, call.request, std::to_string(robots.back().id.value()));
  return response;
}

Response create_robot(Identity& identity, Call& call) {
  const auto owner = owner_of(call);
  if (!owner) return http::answer(call, owner.error());
  http::Fields fields(call);
  const NewRobot wanted{.owner = *owner,
                        .name = fields.required_string("name"),
                        .description = fields.optional_string("description").value_or(""),
                        .grants = read_grants(fields, "grants", call),
                        .expires_at = fields.optional_time("expires_at"),
                        .temporary = fields.optional_bool("temporary").value_or(false)};
  if (const auto error = fields.error()) return http::answer(call, *error);
  const auto created = identity.robots.create(wanted, Limits::of(call.subject, *call.snapshot), call.actor);
  if (!created) return http::answer(call, created.error());
  auto response =
      rest::created(fmt::format("{}/{}", call.request.path, created->robot.id.value()), with_secret(*created, call));
  rest::set_version(response, created->robot.version);
  return response;
}

Response show_robot(Identity& identity, Call& call) {
  const auto key = key_of(call);
  if (!key) return http::answer(call, key.error());
  const auto robot = identity.robots.find(*key);
  return robot ? show(*robot, call) : http::answer(call, robot.error());
}

Response patch_robot(Identity& identity, Call& call) {
  const auto key = key_of(call);
  if (!key) return http::answer(call, key.error());
  http::Fields fields(call);
  RobotPatch patch{.description = fields.optional_string("description"),
                   .grants = std::nullopt,
                   .expires_at = read_new_expiry(fields),
                   .disabled = fields.optional_bool("disabled")};
  if (fields.has("grants")) patch.grants = read_grants(fields, "grants", call);
  if (const auto error = fields.error()) return http::answer(call, *error);
  const auto robot =
      identity.robots.patch(*key, patch, rest::if_version(call), Limits::of(call.subject, *call.snapshot), call.actor);
  return robot ? show(*robot, call) : http::answer(call, robot.error());
}

Response delete_robot(Identity& identity, Call& call) {
  const auto key = key_of(call);
  if (!key) return http::answer(call, key.error());
  const auto removed = identity.robots.remove(*key, call.actor);
  return removed ? rest::no_content() : http::answer(call, removed.error());
}

Response rotate_robot(Identity& identity, Call& call) {
  const auto key = key_of(call);
  if (!key) return http::answer(call, key.error());
  const auto rotated = identity.robots.rotate(*key, Limits::of(call.subject, *call.snapshot), call.actor);
  if (!rotated) return http::answer(call, rotated.error());
  auto response = http::json_response(200, with_secret(*rotated, call));
  rest::set_version(response, rotated->robot.version);
  return response;
}

}  // namespace berth::identity::handlers
