#include "distribution/upload_sessions.h"

#include "base/random.h"

namespace berth::distribution {
namespace {

constexpr std::int64_t kSweepAtOnce = 1000;

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
  static_cast<void>(parts_.database.write([&](db::Connection& tx) -> Result<void> {
    delete_upload(tx, id);
    return {};
  }));
  parts_.store.discard(id, claimed->row.state);
  return {};
}

Result<std::unique_ptr<OpenUpload>> UploadSessions::open(const Caller& caller, const Place& place,
                                                         const std::string& id) {
  auto claimed = claim(caller, place, id);
  if (!claimed) return fail(std::move(claimed.error()));
  auto& row = claimed->row;
  auto hasher = Hasher::restore(row.hash_state);
  if (!hasher || hasher->count() != static_cast<std::uint64_t>(row.state.received)) return unknown();
  auto session = parts_.store.resume(id, row.state);
  if (!session) return fail(std::move(session.error()));
  return std::make_unique<OpenUpload>(parts_, caller, place, std::move(row), std::move(claimed->claim),
                                      std::move(*session), *hasher);
}

Result<std::unique_ptr<OpenUpload>> UploadSessions::single(const Caller& caller, const Place& place,
                                                           DigestAlgorithm algorithm) {
  UploadRow row;
  row.id = random_uuid();
  auto session = parts_.store.begin(row.id);
  if (!session) return fail(std::move(session.error()));
  return std::make_unique<OpenUpload>(parts_, caller, place, std::move(row), std::nullopt, std::move(*session),
                                      Hasher(algorithm));
}

std::size_t UploadSessions::expire(Time now) {
  return expire_rows(now) + drop_leftovers(now);
}

std::size_t UploadSessions::expire_rows(Time now) {
  const auto ids = parts_.database.read([&](db::Connection& tx) { return expired_uploads(tx, now, kSweepAtOnce); });
  std::size_t ended = 0;
  for (const auto& id : ids) {
    const auto claimed = claims_.take(id);
    if (!claimed) continue;  // at work just now
    const auto state = parts_.database.write([&](db::Connection& tx) -> Result<std::optional<blob::SessionState>> {
      return take_expired_upload(tx, id, now);
    });
    if (!*state) continue;
    parts_.store.discard(id, **state);
    ++ended;
  }
  return ended;
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
