#include "distribution/blob_commit.h"

#include "base/log.h"
#include "distribution/blob_removal.h"
#include "distribution/quota.h"
#include "distribution/repositories.h"
#include "distribution/reviews.h"
#include "distribution/upload_rows.h"

namespace berth::distribution {
namespace {

constexpr int kAttempts = 4;

/// What the database knew of a digest when the bytes were about to be placed.
struct Known {
  std::optional<std::int64_t> generation;  // of the live or condemned blob, unless its bytes are known to be bad
  std::optional<std::int64_t> damaged;     // the quarantined blob's: of no use once ours is in its place
  std::int64_t newest = 0;                 // the highest that was ever used
};

Known look_up(db::Connection& tx, const Digest& digest) {
  Known known;
  for (const auto& [generation, state, quarantined_at] :
       tx.query<std::int64_t, std::string, std::optional<std::int64_t>>(
           "SELECT generation, state, quarantined_at FROM blobs WHERE store_id = 1 AND digest = :digest", digest)) {
    known.newest = std::max(known.newest, generation);
    if (state == "gone") continue;
    (quarantined_at ? known.damaged : known.generation) = generation;
  }
  return known;
}

/// Whether there is room, if the repository has the blob not yet.
Result<void> may_take(db::Connection& tx, const Caller& caller, const Place& place, const Digest& digest,
                      std::int64_t size) {
  auto fits = settle(tx, caller, place, size);
  return fits || is_linked(tx, place, digest) ? Result<void>() : fits;
}

/// Puts a session's bytes where a row can name them, at most once, whatever happens to the row meanwhile.
class Placement {
 public:
  Placement(blob::BlobStore& store, blob::UploadSession& session, const Digest& digest)
      : store_(store),
        session_(session),
        digest_(digest) {}

  /// The name under which the bytes are durable, given what is known now.
  Result<blob::ObjectName> ensure(const Known& known) {
    blob::ObjectName name{digest_, known.generation.value_or(known.newest + 1)};
    if (committed_) return again(known, name);
    if (known.generation && intact(name)) return name;  // nobody needs our copy
    if (auto done = session_.commit(name); !done) return fail(done.error());
    committed_ = name;
    return name;
  }

  [[nodiscard]] const std::optional<blob::ObjectName>& placed() const { return committed_; }

  /// Our copy is not needed, or is in place.
  void finish(const Known& known) {
    session_.cancel();
    if (!known.damaged) return;
    try {
      store_.remove({digest_, *known.damaged});
    } catch (const std::exception& error) {
      log::warning("a damaged object was not removed; fsck finds it", {{"reason", error.what()}});
    }
  }

 private:
  bool intact(const blob::ObjectName& name) {
    return store_.size(name) == static_cast<std::uint64_t>(session_.received());
  }
  /// The bytes are under committed_, but the row did not agree.
  Result<blob::ObjectName> again(const Known& known, const blob::ObjectName& name) {
    if (!known.generation && committed_->generation > known.newest) return *committed_;
    // That generation was collected meanwhile and never comes back: what lies under its name is ours to take away.
    if (committed_->generation != known.generation) store_.remove(*committed_);
    if (known.generation && intact(name)) return name;
    return fail(Error::unavailable("try again", "a blob was collected while it was pushed"));
  }

  blob::BlobStore& store_;
  blob::UploadSession& session_;
  const Digest& digest_;
  std::optional<blob::ObjectName> committed_;
};

/// The row changed between look-up and transaction: roll back and look again.
struct Changed {};
using Linked = std::expected<void, std::variant<Changed, Error>>;

/// A quarantined blob gets the new bytes, under their generation: every repository that links it has it back.
std::optional<BlobRow> heal(db::Connection& tx, const blob::ObjectName& name, std::int64_t size) {
  const auto healed = tx.one<std::int64_t>(
      "UPDATE blobs SET generation = :generation, state = 'live', quarantined_at = NULL, damage = NULL "
      "WHERE store_id = 1 AND digest = :digest AND state <> 'gone' AND quarantined_at IS NOT NULL "
      "AND generation < :newer RETURNING id",
      name.generation, name.digest, name.generation);
  if (!healed) return std::nullopt;
  return BlobRow{BlobId(std::get<0>(*healed)), name.generation, size};
}

/// The blob's row, made if need be; nullopt when it has another generation than the bytes.
std::optional<std::pair<BlobRow, bool>> ensure_row(db::Connection& tx, SpaceId space, const Known& known,
                                                   const blob::ObjectName& name, std::int64_t size, Time now) {
  if (const auto row = hold_blob(tx, name.digest)) {
    if (row->generation != name.generation) return std::nullopt;
    return std::pair(*row, false);
  }
  if (known.damaged)
    if (const auto healed = heal(tx, name, size)) return std::pair(*healed, false);
  const auto made = tx.one<std::int64_t>(
      "INSERT INTO blobs (digest, generation, size, space_id, created_at) "
      "VALUES (:digest, :generation, :size, :space, :now) ON CONFLICT DO NOTHING RETURNING id",
      name.digest, name.generation, size, space, now);
  if (!made) return std::nullopt;
  return std::pair(BlobRow{BlobId(std::get<0>(*made)), name.generation, size}, true);
}

Linked link(db::Connection& tx, const Caller& caller, const Place& place, const Known& known,
            const blob::ObjectName& name, std::int64_t size, std::string_view upload_id) {
  const auto repository = open_for_push(tx, caller, place);
  if (!repository) return std::unexpected(repository.error());
  const auto row = ensure_row(tx, place.space, known, name, size, caller.now);
  if (!row) return std::unexpected(Changed{});
  const auto& [blob, created] = *row;
  if (!upload_id.empty()) delete_upload(tx, upload_id);
  if (link_blob(tx, repository->id, name.digest, blob, caller.now)) {
    if (auto fits = settle(tx, caller, place, size); !fits) return std::unexpected(fits.error());
    add_counts(tx, caller.now, place.space, repository->id,
               {.logical_bytes = size, .physical_bytes = created ? size : 0});
  }
  return {};
}

}  // namespace

bool is_linked(db::Connection& tx, const Place& place, const Digest& digest) {
  return tx
      .one<std::int64_t>(
          "SELECT l.size FROM repository_blobs l JOIN repositories r ON r.id = l.repository_id "
          "WHERE r.space_id = :space AND r.name = :name AND l.digest = :digest",
          place.space, place.name.path(), digest)
      .has_value();
}

std::optional<BlobRow> hold_blob(db::Connection& tx, const Digest& digest) {
  const auto row = tx.one<std::int64_t, std::int64_t, std::int64_t, std::string>(
      fmt::format("SELECT id, generation, size, state FROM blobs "
                  "WHERE store_id = 1 AND digest = :digest AND state <> 'gone' AND quarantined_at IS NULL{}",
                  tx.for_share()),
      digest);
  if (!row) return std::nullopt;
  const auto& [id, generation, size, state] = *row;
  if (state == "condemned") tx.execute("UPDATE blobs SET state = 'live' WHERE id = :id", id);
  return BlobRow{BlobId(id), generation, size};
}

bool link_blob(db::Connection& tx, RepositoryId repository, const Digest& digest, const BlobRow& blob, Time now) {
  const bool fresh = tx.execute(
                         "INSERT INTO repository_blobs (repository_id, digest, blob_id, size, linked_at) "
                         "VALUES (:repository, :digest, :blob, :size, :now) ON CONFLICT DO NOTHING",
                         repository, digest, blob.id, blob.size, now) == 1;
  // Who pushed it again will name it in a manifest, as who pushed it first.
  if (!fresh)
    tx.execute(
        "UPDATE repository_blobs SET linked_at = :now, condemned_at = NULL "
        "WHERE repository_id = :repository AND digest = :digest",
        now, repository, digest);
  review_pushed(tx, repository, digest, now);
  return fresh;
}

Result<void> BlobCommit::run(const Caller& caller, const Place& place, blob::UploadSession& session,
                             const Digest& digest, std::string_view upload_id) {
  Placement placement(store_, session, digest);
  const auto size = session.received();
  // What was placed and is refused after all must not lie there for days, until a sweep finds it.
  const auto refuse = [&](const Error& error) -> Result<void> {
    if (const auto& placed = placement.placed())
      static_cast<void>(database_.write(
          [&](db::Connection& tx) -> Result<bool> { return claim_orphan(tx, *placed, size, caller.now); }));
    return fail(error);
  };
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto known = database_.read([&](db::Connection& tx) -> Result<Known> {
      // Before the bytes are placed: what is refused then leaves nothing in the store.
      if (auto fits = may_take(tx, caller, place, digest, size); !fits) return fail(std::move(fits.error()));
      return look_up(tx, digest);
    });
    if (!known) return refuse(known.error());
    const auto name = placement.ensure(*known);
    if (!name) return fail(name.error());
    const auto linked =
        database_.write([&](db::Connection& tx) { return link(tx, caller, place, *known, *name, size, upload_id); });
    if (linked) {
      placement.finish(*known);
      return {};
    }
    if (const auto* error = std::get_if<Error>(&linked.error())) return refuse(*error);
  }
  return fail(Error::unavailable("try again", "the blob's row changed too often"));
}

}  // namespace berth::distribution
