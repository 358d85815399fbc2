#include "identity/robots.h"

#include "base/random.h"
#include "base/sha.h"
#include "identity/robot_json.h"
#include "identity/robot_rows.h"

namespace berth::identity {
namespace {

using state::Aggregate;

constexpr std::size_t kMaxDescription = 1024;
constexpr std::int64_t kPerOwner = 10'000;
constexpr std::int64_t kSweptAtOnce = 200;
constexpr Duration kLongestTemporary = std::chrono::hours(24);

Error no_robot() {
  return Error::not_found("there is no such robot");
}

Result<void> check_description(std::string_view description) {
  if (description.size() <= kMaxDescription) return {};
  return fail(Fault::kInvalid, fmt::format("description has at most {} bytes", kMaxDescription));
}

Result<void> check_expiry(std::optional<Time> expires_at, Time now) {
  if (expires_at && *expires_at <= now) return fail(Fault::kInvalid, "expires_at is past");
  return {};
}

Result<void> check_new(const NewRobot& wanted, Time now) {
  if (auto name = ComponentGrammar::check(wanted.name); !name) return name;
  if (auto description = check_description(wanted.description); !description) return description;
  if (auto expiry = check_expiry(wanted.expires_at, now); !expiry) return expiry;
  if (wanted.temporary && (!wanted.expires_at || *wanted.expires_at > now + kLongestTemporary))
    return fail(Fault::kInvalid, "a temporary robot expires within 24 hours");
  return {};
}

events::Change change(std::string action, const RobotRecord& robot) {
  const auto* workspace = std::get_if<WorkspaceId>(&robot.owner);
  return {.action = std::move(action),
          .target_kind = "robot",
          .target_id = robot.id.value(),
          .target_name = robot.login.text(),
          .workspace = workspace ? std::optional(*workspace) : std::nullopt,
          .before = std::nullopt,
          .after = std::nullopt};
}

std::string text_of(const RobotRecord& robot) {
  return json::serialize(audit_json(robot));
}

Result<LoginName> login_of(db::Connection& tx, const NewRobot& wanted) {
  const auto owner = rows::owner_name(tx, wanted.owner);
  if (!owner) return fail(Fault::kNotFound, "the owner is gone");
  return LoginName::parse(fmt::format("{}{}+{}", kRobotPrefix, *owner, wanted.name));
}

Result<void> check_room(db::Connection& tx, const RobotOwner& owner) {
  const auto row = tx.one<std::int64_t>(
      fmt::format("SELECT count(*) FROM robots WHERE {} = :owner", rows::owner_column(owner)), rows::owner_id(owner));
  if (std::get<0>(*row) < kPerOwner) return {};
  return fail(Error::conflict(fmt::format("there are {} robots already: remove some", kPerOwner)));
}

RobotRecord patched(RobotRecord robot, const RobotPatch& patch) {
  if (patch.description) robot.description = *patch.description;
  if (patch.grants) robot.grants = *patch.grants;
  if (patch.expires_at) robot.expires_at = *patch.expires_at;
  if (patch.disabled) robot.disabled = *patch.disabled;
  ++robot.version;
  return robot;
}

void remove_robots(db::Connection& tx, const Context& context, const std::vector<RobotRecord>& robots, Time now,
                   const events::Actor& by) {
  std::vector<state::Change> changes;
  for (const auto& robot : robots) {
    changes.push_back({Aggregate::kRobot, robot.id.value()});
    tx.execute("DELETE FROM robots WHERE id = :id", robot.id);
    auto removed = change("robot.delete", robot);
    removed.before = text_of(robot);
    events::audit(tx, now, by, removed);
  }
  if (!changes.empty()) state::touch(tx, context.snapshots, changes);
}

}  // namespace

Result<CreatedRobot> Robots::create(const NewRobot& wanted, const Limits& limits, const events::Actor& by) {
  const auto now = context_.clock.now();
  if (auto checked = check_new(wanted, now); !checked) return fail(checked.error());
  if (auto within = limits.check(wanted.grants, wanted.expires_at); !within) return fail(within.error());
  const auto secret = random_secret("berth_robot_");
  return context_.database.write([&](db::Connection& tx) -> Result<CreatedRobot> {
    if (auto room = check_room(tx, wanted.owner); !room) return fail(room.error());
    auto login = login_of(tx, wanted);
    if (!login) return fail(login.error());
    RobotRecord robot{.id = RobotId(),
                      .login = *login,
                      .owner = wanted.owner,
                      .description = wanted.description,
                      .grants = wanted.grants,
                      .disabled = false,
                      .temporary = wanted.temporary,
                      .created_by = by.name,
                      .created_at = now,
                      .expires_at = wanted.expires_at,
                      .version = 1};
    try {
      rows::insert_robot(tx, robot, secret);
    } catch (const db::UniqueViolation&) {
      return fail(Error::conflict(fmt::format("the name {} is taken", robot.login.text())));
    }
    state::touch(tx, context_.snapshots, Aggregate::kRobot, robot.id.value());
    auto created = change("robot.create", robot);
    created.after = text_of(robot);
    events::audit(tx, now, by, created);
    return CreatedRobot{robot, secret};
  });
}

Result<RobotRecord> Robots::find(const RobotKey& key) {
  return context_.database.read([&](db::Connection& tx) -> Result<RobotRecord> {
    const std::array params{db::to_param(key.id), db::to_param(rows::owner_id(key.owner))};
    auto found =
        rows::select_robots(tx, fmt::format("id = :id AND {} = :owner", rows::owner_column(key.owner)), params);
    if (found.empty()) return fail(no_robot());
    return std::move(found.front());
  });
}

std::vector<RobotRecord> Robots::list(const RobotOwner& owner, RobotId after, std::size_t limit) {
  return context_.database.read([&](db::Connection& tx) {
    const std::array params{db::to_param(rows::owner_id(owner)), db::to_param(after), db::to_param(limit)};
    const auto where = fmt::format("{} = :owner AND id > :after ORDER BY id LIMIT :limit", rows::owner_column(owner));
    return rows::select_robots(tx, where, params);
  });
}

Result<RobotRecord> Robots::patch(const RobotKey& key, const RobotPatch& patch, std::optional<std::int64_t> if_version,
                                  const Limits& limits, const events::Actor& by) {
  const auto now = context_.clock.now();
  if (auto checked = check_description(patch.description.value_or("")); !checked) return fail(checked.error());
  if (auto checked = check_expiry(patch.expires_at.value_or(std::nullopt), now); !checked) return fail(checked.error());
  return context_.database.write([&](db::Connection& tx) -> Result<RobotRecord> {
    const auto before = rows::find_robot(tx, key);
    if (!before) return fail(no_robot());
    if (if_version && *if_version != before->version)
      return fail(Fault::kPreconditionFailed, "the robot has changed in the meantime");
    if (before->temporary && patch.expires_at)
      return fail(Error::conflict("a temporary robot keeps the expiry that it was made with"));
    const auto after = patched(*before, patch);
    if (auto within = limits.check(after.grants, after.expires_at); !within) return fail(within.error());
    rows::update_robot(tx, after);
    state::touch(tx, context_.snapshots, Aggregate::kRobot, after.id.value());
    auto changed = change("robot.update", after);
    changed.before = text_of(*before);
    changed.after = text_of(after);
    events::audit(tx, now, by, changed);
    return after;
  });
}

Result<CreatedRobot> Robots::rotate(const RobotKey& key, const Limits& limits, const events::Actor& by) {
  const auto now = context_.clock.now();
  const auto secret = random_secret("berth_robot_");
  return context_.database.write([&](db::Connection& tx) -> Result<CreatedRobot> {
    auto robot = rows::find_robot(tx, key);
    if (!robot) return fail(no_robot());
    if (auto within = limits.check(robot->grants, robot->expires_at); !within) return fail(within.error());
    ++robot->version;
    tx.execute("UPDATE robots SET secret_hash = :secret_hash, version = :version WHERE id = :id", sha256_hex(secret),
               robot->version, robot->id);
    state::touch(tx, context_.snapshots, Aggregate::kRobot, robot->id.value());
    events::audit(tx, now, by, change("robot.rotate", *robot));
    return CreatedRobot{*robot, secret};
  });
}

Result<void> Robots::remove(const RobotKey& key, const events::Actor& by) {
  const auto now = context_.clock.now();
  return context_.database.write([&](db::Connection& tx) -> Result<void> {
    const auto robot = rows::find_robot(tx, key);
    if (!robot) return fail(no_robot());
    remove_robots(tx, context_, {*robot}, now, by);
    return {};
  });
}

std::size_t Robots::sweep(Time now) {
  const events::Actor system{.name = "system", .address = "", .request_id = ""};
  const auto removed = context_.database.write([&](db::Connection& tx) -> Result<std::size_t> {
    const std::array params{db::to_param(now), db::to_param(kSweptAtOnce)};
    const auto expired =
        rows::select_robots(tx, "temporary = 1 AND expires_at <= :now ORDER BY expires_at LIMIT :limit", params);
    remove_robots(tx, context_, expired, now, system);
    return expired.size();
  });
  return *removed;
}

}  // namespace berth::identity
