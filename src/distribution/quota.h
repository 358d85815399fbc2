#pragma once

#include <optional>
#include <string_view>

#include "db/database.h"
#include "distribution/caller.h"

/// Quotas of a space, and of the workspace that owns it over all of its spaces, on logical bytes: each blob and each
/// manifest counts once for every repository that has it.
///
/// An upload is refused when it begins, or as soon as it goes on, without room for it: what other uploads have brought
/// so far counts as taken (the rows of `uploads` are the reservations, and end with them). What counts in the end is
/// settle(), in the transaction that links. On PostgreSQL, transactions that settle at the same moment do not see each
/// other: a quota may be overshot by what so many requests bring, once. On SQLite it never is.
namespace berth::distribution {

struct Room {
  std::int64_t bytes = 0;  // what may still come; negative when it is overdrawn
  Error refusal;           // for whoever brings more: kQuota, says whose quota, how much, and what to do
};
/// For a new upload, or for one that goes on (`own_upload`, which does not count). nullopt: no quota.
[[nodiscard]] std::optional<Room> find_room(db::Connection& tx, const Caller& caller, const Place& place,
                                            std::string_view own_upload = {});
/// kQuota when so many bytes more would be too many.
[[nodiscard]] Result<void> settle(db::Connection& tx, const Caller& caller, const Place& place, std::int64_t bytes);

}  // namespace berth::distribution
