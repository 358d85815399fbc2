#include "distribution/mounts.h"

#include "distribution/blob_commit.h"
#include "distribution/quota.h"
#include "distribution/repositories.h"

namespace berth::distribution {
namespace {

// A base layer may stand in very many repositories. Looking at more of them is not worth it: the client can upload.
constexpr std::int64_t kNearest = 100;
constexpr std::int64_t kCandidates = 1000;
constexpr std::int64_t kLinks = 2000;  // among which the nearest are looked for

/// May the caller read this repository? A registry token's scope names repositories, and a client cannot ask for one
/// that it does not know of. What is public, everybody can read without a token: taking it from there gives the
/// token's holder nothing new.
bool may_take_from(const Caller& caller, SpaceId space, const RepositoryPath& path) {
  const access::SpaceTarget target{space, access::RepositoryTarget{.path = path, .exists = true, .home = std::nullopt}};
  const auto decider = caller.decider();
  if (decider.may(caller.subject, access::Action::kPull, target)) return true;
  const auto* row = caller.snapshot->spaces.find(space);
  if (!row || !access::is_public(*caller.snapshot, *row)) return false;
  return decider.may({.who = caller.subject.who, .scope = std::nullopt}, access::Action::kPull, target);
}

bool has_blob(db::Connection& tx, RepositoryId repository, const Digest& digest) {
  return tx
      .one<std::int64_t>("SELECT size FROM repository_blobs WHERE repository_id = :repository AND digest = :digest",
                         repository, digest)
      .has_value();
}

using Candidates = std::vector<std::tuple<std::int64_t, std::int64_t, std::string>>;

std::optional<RepositoryId> first_readable(const Caller& caller, const Candidates& candidates) {
  for (const auto& [id, space, name] : candidates)
    if (may_take_from(caller, SpaceId(space), RepositoryPath::trusted(name))) return RepositoryId(id);
  return std::nullopt;
}

}  // namespace

std::optional<RepositoryId> Mounts::source(const Caller& caller, const Place& target, const Digest& digest,
                                           std::optional<std::string_view> from) {
  if (from) {
    const auto place = find_place(*caller.snapshot, *from);
    if (!place || !may_take_from(caller, place->space, place->name.path())) return std::nullopt;
    return database_.read([&](db::Connection& tx) -> std::optional<RepositoryId> {
      const auto repository = find_repository(tx, place->space, place->name.path());
      if (!repository || !has_blob(tx, repository->id, digest)) return std::nullopt;
      return repository->id;
    });
  }
  const std::string select =
      "SELECT r.id, r.space_id, r.name FROM (SELECT repository_id FROM repository_blobs WHERE digest = :digest "
      "LIMIT :links) b JOIN repositories r ON r.id = b.repository_id";
  return database_.read([&](db::Connection& tx) {
    const auto near = tx.query<std::int64_t, std::int64_t, std::string>(
        select + " WHERE r.space_id = :space LIMIT :limit", digest, kLinks, target.space, kNearest);
    if (const auto found = first_readable(caller, near)) return found;
    return first_readable(caller, tx.query<std::int64_t, std::int64_t, std::string>(select, digest, kCandidates));
  });
}

Result<bool> Mounts::mount(const Caller& caller, const Place& target, const Digest& digest,
                           std::optional<std::string_view> from) {
  const auto found = source(caller, target, digest, from);
  if (!found) return false;
  const auto mounted = database_.write([&](db::Connection& tx) -> Result<void> {
    const auto repository = open_for_push(tx, caller, target);
    if (!repository) return fail(repository.error());
    const auto blob = hold_blob(tx, digest);
    if (!blob || !has_blob(tx, *found, digest)) return fail(Fault::kBlobUnknown, "the blob is gone");
    if (link_blob(tx, repository->id, digest, *blob, caller.now)) {
      if (auto fits = settle(tx, caller, target, blob->size); !fits) return fits;
      add_counts(tx, caller.now, target.space, repository->id, {.logical_bytes = blob->size});
    }
    return {};
  });
  if (mounted) return true;
  if (mounted.error().fault == Fault::kBlobUnknown) return false;
  return fail(mounted.error());
}

}  // namespace berth::distribution
