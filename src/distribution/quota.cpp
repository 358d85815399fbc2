#include "distribution/quota.h"

namespace berth::distribution {
namespace {

std::string human(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits{"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} {}", bytes, kUnits[unit]) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::int64_t sum(db::Connection& tx, std::string_view column, std::string_view table, std::string_view where,
                 std::int64_t id) {
  const auto row = tx.one<std::int64_t>(
      fmt::format("SELECT CAST(COALESCE(SUM({}), 0) AS BIGINT) FROM {} WHERE {}", column, table, where), id);
  return std::get<0>(row.value());
}

constexpr std::string_view kOfSpace = "space_id = :id";
constexpr std::string_view kOfWorkspace = "space_id IN (SELECT id FROM spaces WHERE owner_workspace_id = :id)";

struct Limits {
  std::optional<std::int64_t> space;
  std::optional<std::int64_t> owner;  // the workspace
  std::optional<std::int64_t> of_owner;
  std::string owner_name;
};

std::optional<Limits> find_limits(db::Connection& tx, SpaceId space) {
  const auto row =
      tx.one<std::optional<std::int64_t>, std::optional<std::int64_t>, std::optional<std::int64_t>, std::string>(
          "SELECT s.quota_bytes, w.id, w.quota_bytes, COALESCE(w.name, '') FROM spaces s "
          "LEFT JOIN workspaces w ON w.id = s.owner_workspace_id "
          "WHERE s.id = :space AND (s.quota_bytes IS NOT NULL OR w.quota_bytes IS NOT NULL)",
          space);
  if (!row) return std::nullopt;
  const auto& [quota, owner, of_owner, name] = *row;
  return Limits{quota, owner, of_owner, name};
}

/// Who pushes into a space of another workspace learns that its owner's quota is used up, and no more.
std::string whose_of(const Caller& caller, const Place& place, const Limits& limits, std::int64_t used) {
  const access::Subject person{.who = caller.subject.who, .scope = std::nullopt};
  if (!caller.decider().may(person, access::Action::kSeeWorkspace, WorkspaceId(*limits.owner)))
    return fmt::format("the quota of the workspace that owns space {} is used up", place.name.space().text());
  return fmt::format("the quota of workspace {} is used up: its spaces hold {} of {}", limits.owner_name, human(used),
                     human(*limits.of_owner));
}

Error refusal(std::string whose, std::int64_t reserved) {
  if (reserved > 0) whose += fmt::format(", and {} are being uploaded", human(reserved));
  return Error::of(Fault::kQuota, whose +
                                      ". Delete images that are not needed (their space is free some hours later), or "
                                      "ask a platform administrator for a larger quota.");
}

/// `own_upload`: uploads count, but for this one; nullopt: they do not.
std::optional<Room> least_room(db::Connection& tx, const Caller& caller, const Place& place,
                               std::optional<std::string_view> own_upload) {
  const auto limits = find_limits(tx, place.space);
  if (!limits) return std::nullopt;
  const auto reserved = [&](std::string_view where, std::int64_t id) {
    if (!own_upload) return std::int64_t{0};
    const auto own = tx.one<std::int64_t>("SELECT received FROM uploads WHERE id = :id", *own_upload);
    return sum(tx, "received", "uploads", where, id) - (own ? std::get<0>(*own) : 0);
  };
  std::optional<Room> least;
  const auto take = [&](std::int64_t quota, std::int64_t used, std::int64_t uploading, std::string whose) {
    const auto left = quota - used - uploading;
    if (!least || left < least->bytes) least = Room{left, refusal(std::move(whose), uploading)};
  };
  if (limits->space) {
    const auto id = place.space.value();
    const auto used = sum(tx, "logical_bytes", "space_counters", kOfSpace, id);
    take(*limits->space, used, reserved(kOfSpace, id),
         fmt::format("the quota of space {} is used up: it holds {} of {}", place.name.space().text(), human(used),
                     human(*limits->space)));
  }
  if (limits->of_owner) {
    const auto used = sum(tx, "logical_bytes", "space_counters", kOfWorkspace, *limits->owner);
    take(*limits->of_owner, used, reserved(kOfWorkspace, *limits->owner), whose_of(caller, place, *limits, used));
  }
  return least;
}

}  // namespace

std::optional<Room> find_room(db::Connection& tx, const Caller& caller, const Place& place,
                              std::string_view own_upload) {
  return least_room(tx, caller, place, own_upload);
}

Result<void> settle(db::Connection& tx, const Caller& caller, const Place& place, std::int64_t bytes) {
  auto room = least_room(tx, caller, place, std::nullopt);
  if (!room || bytes <= room->bytes) return {};
  return fail(std::move(room->refusal));
}

}  // namespace berth::distribution
