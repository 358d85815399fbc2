#include "distribution/upload_sessions.h"

#include "base/random.h"
#include "distribution/blob_commit.h"

namespace berth::distribution {
namespace {

// An end of uploads: so many in one transaction, and so many transactions.
constexpr std::size_t kSweepAtOnce = 500;
constexpr int kSweeps = 100;
// Clients leave uploads behind; a space that has more open at once is being filled up with them.
constexpr std::int64_t kMostOpen = 10'000;

std::unexpected<Error> unknown() {
  return fail(Fault::kUploadUnknown, "the upload is not known");
}

}  // namespace

Result<UploadSessions::Status> UploadSessions::start(const Caller& caller, const Place& place,
                                                     DigestAlgorithm algorithm) {
  const UploadRow row{.id = random_uuid(),
                      .space = place.space,
                      .repository = place.name.path().text(),
                      .owner = caller.owner(),
                      .state = {},
                      .hash_state = Hasher(algorithm).save(),
                      .room = {}};
  const auto started = parts_.database.write([&](db::Connection& tx) -> Result<void> {
    if (has_more_uploads(tx, place.space, kMostOpen - 1))
      return fail(Fault::kTooManyRequests, "too many uploads are open in this space: end or cancel some of them");
    if (auto room = find_room(tx, caller, place); room && room->bytes <= 0) return fail(std::move(room->refusal));
    insert_upload(tx, row, caller.now, caller.now + parts_.lifetime);
    return {};
  });
  if (!started) return fail(started.error());
  return Status{row.id, 0};
}

Result<UploadRow> UploadSessions::find(const Caller& caller, const Place& place, std::string_view id) {
  auto row = parts_.database.read([&](db::Connection& tx) {
    auto found = find_upload(tx, id);
    if (found) found->room = find_room(tx, caller, place, id);
    return found;
  });
  const bool theirs =
      row && row->space == place.space && row->repository == place.name.path().text() && row->owner == caller.owner();
  if (!theirs) return unknown();
  return std::move(*row);
}

Result<UploadSessions::Claimed> UploadSessions::claim(const Caller& caller, const Place& place, const std::string& id) {
  // Claimed before it is read: nobody moves it from here on.
  auto taken = claims_.take(id);
  auto row = find(caller, place, id);
  // Whose it is comes before whether it is busy: a stranger learns neither.
  if (!row) return fail(std::move(row.error()));
  if (!taken) return fail(Error::conflict("another request is working on this upload"));
  return Claimed{std::move(*row), std::move(*taken)};
}

Result<UploadSessions::Status> UploadSessions::status(const Caller& caller, const Place& place, std::string_view id) {
  const auto row = find(caller, place, id);
  if (!row) return fail(row.error());
  return Status{row->id, row->state.received};
}

Result<void> UploadSessions::cancel(const Caller& caller, const Place& place, const std::string& id) {
  const auto claimed = claim(caller, place, id);
  if (!claimed) return fail(claimed.error());
  forget(id);
  parts_.store.discard(id, claimed->row.state);
  return {};
}

void UploadSessions::forget(const std::string& id) {
  static_cast<void>(parts_.database.write([&](db::Connection& tx) -> Result<void> {
    delete_upload(tx, id);
    return {};
  }));
}

Result<std::unique_ptr<OpenUpload>> UploadSessions::open(const Caller& caller, const Place& place,
                                                         const std::string& id) {
  auto claimed = claim(caller, place, id);
  if (!claimed) return fail(std::move(claimed.error()));
  auto& row = claimed->row;
  auto hasher = Hasher::restore(row.hash_state);
  if (!hasher || hasher->count() != static_cast<std::uint64_t>(row.state.received)) return unknown();
  auto session = parts_.store.resume(id, row.state);
  // Placed as a blob, and then the database or the process failed: the upload cannot go on, and reserves nothing.
  if (!session && session.error().fault == Fault::kUploadUnknown) forget(id);
  if (!session) return fail(std::move(session.error()));
  return std::make_unique<OpenUpload>(parts_, caller, place, std::move(row), std::move(claimed->claim),
                                      std::move(*session), *hasher);
}

Result<std::unique_ptr<OpenUpload>> UploadSessions::single(const Caller& caller, const Place& place,
                                                           const Digest& digest) {
  UploadRow row;
  row.id = random_uuid();
  row.room = parts_.database.read([&](db::Connection& tx) {
    auto room = find_room(tx, caller, place);
    return room && is_linked(tx, place, digest) ? std::nullopt : std::move(room);
  });
  if (row.room && row.room->bytes < 0) return fail(std::move(row.room->refusal));
  auto session = parts_.store.begin(row.id);
  if (!session) return fail(std::move(session.error()));
  return std::make_unique<OpenUpload>(parts_, caller, place, std::move(row), std::nullopt, std::move(*session),
                                      Hasher(digest.algorithm()));
}

std::size_t UploadSessions::expire(Time now) {
  return expire_rows(now) + drop_leftovers(now);
}

std::size_t UploadSessions::expire_rows(Time now) {
  std::size_t all = 0;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    const auto ids = parts_.database.read([&](db::Connection& tx) { return expired_uploads(tx, now, kSweepAtOnce); });
    const auto ended = expire_some(ids, now);
    all += ended;
    if (ended == 0 || ids.size() < kSweepAtOnce) break;
  }
  return all;
}

std::size_t UploadSessions::expire_some(const std::vector<std::string>& ids, Time now) {
  std::vector<UploadClaims::Claim> claims;
  std::vector<std::string> idle;
  for (const auto& id : ids) {
    auto claimed = claims_.take(id);
    if (!claimed) continue;  // at work just now
    claims.push_back(std::move(*claimed));
    idle.push_back(id);
  }
  using Ended = std::vector<std::pair<std::string, blob::SessionState>>;
  const auto ended = parts_.database.write([&](db::Connection& tx) -> Result<Ended> {
    Ended taken;
    for (const auto& id : idle)
      if (auto state = take_expired_upload(tx, id, now)) taken.emplace_back(id, std::move(*state));
    return taken;
  });
  for (const auto& [id, state] : *ended) parts_.store.discard(id, state);
  return ended->size();
}

std::size_t UploadSessions::drop_leftovers(Time now) {
  std::size_t dropped = 0;
  for (const auto& leftover : parts_.store.leftovers()) {
    if (from_millis(leftover.changed_at_millis) + parts_.lifetime > now) continue;
    const auto claimed = claims_.take(leftover.id);
    if (!claimed) continue;
    if (parts_.database.read([&](db::Connection& tx) { return find_upload(tx, leftover.id).has_value(); })) continue;
    parts_.store.discard(leftover.id, {});
    ++dropped;
  }
  return dropped;
}

}  // namespace berth::distribution
