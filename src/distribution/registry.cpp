#include "distribution/registry.h"

#include "distribution/changes.h"
#include "distribution/repositories.h"
#include "distribution/reviews.h"

namespace berth::distribution {
namespace {

Result<void> remove(db::Connection& tx, ContentChanges& changes, const Caller& caller, const Place& place) {
  const auto repository = open_for_delete(tx, caller, place);
  if (!repository) return fail(repository.error());
  const auto counts = tx.one<std::int64_t, std::int64_t, std::int64_t>(
      "SELECT manifest_count, tag_count, size_bytes FROM repositories WHERE id = :id", repository->id);
  const auto [manifests, tags, bytes] = counts.value();
  const auto payloads = tx.one<std::int64_t>(
      "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM manifests WHERE repository_id = :id", repository->id);
  review_repository(tx, repository->id, caller.now);
  tx.execute("DELETE FROM tags WHERE repository_id = :id", repository->id);
  tx.execute("DELETE FROM manifests WHERE repository_id = :id", repository->id);
  tx.execute("DELETE FROM repository_blobs WHERE repository_id = :id", repository->id);
  tx.execute("DELETE FROM repositories WHERE id = :id", repository->id);
  changes.touch(tx, repository->id);
  note(tx, caller, place, repository->home,
       {.event = "repository.deleted",
        .action = "repository.delete",
        .subject = place.name.text(),
        .data = {{"manifests", manifests}, {"tags", tags}, {"size_bytes", bytes}},
        .removal = true});
  add_counts(tx, caller.now, place.space, repository->id,
             {.logical_bytes = -bytes, .physical_bytes = -std::get<0>(payloads.value())});
  return {};
}

}  // namespace

Registry::Registry(db::Database& database, blob::BlobStore& store, const Clock& clock, Limits limits)
    : database_(database),
      store_(store),
      hash_helpers_(std::max(1U, std::thread::hardware_concurrency())),
      uploads_({.database = database,
                .store = store,
                .clock = clock,
                .helpers = hash_helpers_,
                .lifetime = limits.upload_lifetime}),
      mounts_(database),
      changes_(database),
      repositories_(limits.remembered_repositories),
      blobs_(database, changes_, limits.remembered_blobs),
      manifests_(database, changes_, limits.remembered_manifests) {}

access::RepositoryTarget Registry::lookup(SpaceId space, const RepositoryPath& path) {
  // Its home never changes; it ends when it is deleted, which touches it. That there is none is not remembered.
  const Place place{space, {SpaceName(), path}};
  const auto known = repositories_.find(place, {});
  if (known.value && changes_.unchanged(known.value->id, known.read_at)) return target_of(path, *known.value);
  const auto moment = changes_.now();
  const auto found = database_.read([&](db::Connection& tx) { return find_repository(tx, space, path); });
  if (found) repositories_.put(place, {}, {std::make_shared<const Repository>(*found), moment}, sizeof(Repository));
  return target_of(path, found);
}

Result<void> Registry::delete_repository(const Caller& caller, const Place& place) {
  return database_.write([&](db::Connection& tx) -> Result<void> { return remove(tx, changes_, caller, place); });
}

}  // namespace berth::distribution
