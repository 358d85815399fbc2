#include "distribution/changes.h"
#include "distribution/manifest_writer.h"
#include "distribution/repositories.h"
#include "distribution/reviews.h"

namespace berth::distribution {
namespace {

Result<void> not_listed(db::Connection& tx, RepositoryId repository, const Digest& digest) {
  std::vector<std::string> indexes;
  for (auto& [index] :
       tx.query<std::string>("SELECT m.digest FROM manifest_references c JOIN manifests m ON m.id = c.manifest_id "
                             "WHERE c.repository_id = :repository AND c.digest = :digest AND c.kind = 'child' LIMIT 10",
                             repository, digest))
    indexes.push_back(std::move(index));
  if (indexes.empty()) return {};
  return fail(
      Error::conflict("an index in this repository lists the manifest: delete the index first", std::move(indexes)));
}

json::array drop_tags(db::Connection& tx, const Caller& caller, const Place& place, const Repository& repository,
                      ManifestId manifest, const Digest& digest) {
  json::array tags;
  for (const auto& [name] :
       tx.query<std::string>("DELETE FROM tags WHERE manifest_id = :manifest RETURNING name", manifest)) {
    tags.emplace_back(name);
    note(tx, caller, place, repository.home,
         {.event = "tag.deleted",
          .action = "",
          .subject = fmt::format("{}:{}", place.name.text(), name),
          .data = {{"tag", name}, {"digest", digest.text()}}});
  }
  return tags;
}

Result<void> remove(db::Connection& tx, ContentChanges& changes, const Caller& caller, const Place& place,
                    const Digest& digest) {
  const auto repository = open_for_delete(tx, caller, place);
  if (!repository) return fail(repository.error());
  const auto row = tx.one<std::int64_t, std::int64_t>(
      "SELECT id, size FROM manifests WHERE repository_id = :repository AND digest = :digest", repository->id, digest);
  if (!row) return fail(Fault::kManifestUnknown, "the manifest is not known to this repository");
  if (auto free = not_listed(tx, repository->id, digest); !free) return free;
  const auto [id, size] = *row;
  drop_manifest(tx, changes, caller, place, *repository, {ManifestId(id), digest, size}, caller.now);
  return {};
}

Result<void> untag(db::Connection& tx, ContentChanges& changes, const Caller& caller, const Place& place,
                   const Tag& tag) {
  const auto repository = open_for_delete(tx, caller, place);
  if (!repository) return fail(repository.error());
  const auto row = find_tag(tx, repository->id, tag);
  if (!row) return fail(Fault::kManifestUnknown, "the tag is not known to this repository");
  tx.execute("DELETE FROM tags WHERE repository_id = :repository AND name = :name", repository->id, tag);
  review_untagged(tx, repository->id, row->digest, caller.now);
  changes.touch(tx, repository->id, tag);
  note(tx, caller, place, repository->home,
       {.event = "tag.deleted",
        .action = "tag.delete",
        .subject = fmt::format("{}:{}", place.name.text(), tag.text()),
        .data = {{"tag", tag.text()}, {"digest", row->digest.text()}},
        .removal = true});
  add_counts(tx, caller.now, place.space, repository->id, {.tags = -1, .content_changed = true});
  return {};
}

}  // namespace

void drop_manifest(db::Connection& tx, ContentChanges& changes, const Caller& caller, const Place& place,
                   const Repository& repository, const DroppedManifest& manifest, Time untagged_since) {
  const auto& [id, digest, size] = manifest;
  auto tags = drop_tags(tx, caller, place, repository, id, digest);
  const auto tag_count = static_cast<std::int64_t>(tags.size());
  review_released(tx, repository.id, id, digest, caller.now, untagged_since);
  tx.execute("DELETE FROM manifests WHERE id = :id", id);
  changes.touch(tx, repository.id);
  note(tx, caller, place, repository.home,
       {.event = "manifest.deleted",
        .action = "manifest.delete",
        .subject = fmt::format("{}@{}", place.name.text(), digest.text()),
        .data = {{"digest", digest.text()}, {"tags", std::move(tags)}},
        .removal = true});
  add_counts(
      tx, caller.now, place.space, repository.id,
      {.manifests = -1, .tags = -tag_count, .logical_bytes = -size, .physical_bytes = -size, .content_changed = true});
}

Result<void> delete_manifest(db::Database& database, ContentChanges& changes, const Caller& caller, const Place& place,
                             const Digest& digest) {
  return database.write([&](db::Connection& tx) -> Result<void> { return remove(tx, changes, caller, place, digest); });
}

Result<void> delete_tag(db::Database& database, ContentChanges& changes, const Caller& caller, const Place& place,
                        const Tag& tag) {
  return database.write([&](db::Connection& tx) -> Result<void> { return untag(tx, changes, caller, place, tag); });
}

}  // namespace berth::distribution
