#include "catalog/artifacts.h"

namespace berth::catalog {
namespace {

using Text = std::string;
using Int = std::int64_t;
using MaybeInt = std::optional<std::int64_t>;

constexpr std::int64_t kShownReferrers = 100;

std::optional<Time> to_time(const MaybeInt& millis) {
  return millis ? std::optional(from_millis(*millis)) : std::nullopt;
}

// Digests in the database were parsed when they came in; one that does not parse is a broken database.
Digest stored_digest(const std::string& text) {
  auto digest = Digest::parse(text);
  if (!digest) throw db::Failure("a digest in the database is damaged: " + text, false);
  return *digest;
}

json::object stored_object(const std::string& text) {
  boost::system::error_code code;
  auto value = json::parse(text, code);
  return !code && value.is_object() ? std::move(value.as_object()) : json::object{};
}

std::optional<RepositoryId> find_repository(db::Connection& tx, const RepositoryKey& key) {
  const auto row =
      tx.one<Int>("SELECT id FROM repositories WHERE space_id = :space AND name = :name", key.space, key.path);
  return row ? std::optional(RepositoryId(std::get<0>(*row))) : std::nullopt;
}

Error no_repository() {
  return Error::not_found("there is no such repository, or it is not allotted to your workspace");
}

/// What is stored of a manifest before its lists are read.
struct Found {
  ManifestId id;
  RepositoryId repository;
  std::optional<std::string> config_digest;
  Artifact artifact;
};

std::optional<Found> find_manifest(db::Connection& tx, RepositoryId repository,
                                   const std::variant<Tag, Digest>& reference) {
  std::string digest;
  if (const auto* tag = std::get_if<Tag>(&reference)) {
    const auto row =
        tx.one<Text>("SELECT digest FROM tags WHERE repository_id = :repository AND name = :name", repository, *tag);
    if (!row) return std::nullopt;
    digest = std::get<0>(*row);
  } else {
    digest = std::get<Digest>(reference).text();
  }
  const auto row =
      tx.one<Int, Text, Text, Int, Int, std::optional<Text>, std::optional<Text>, Text, Text, Int, Int, MaybeInt>(
          "SELECT id, media_type, artifact_type, size, image_size, subject_digest, config_digest, annotations, "
          "pushed_by, pushed_at, "
          "pull_count, last_pull_at FROM manifests WHERE repository_id = :repository AND digest = :digest",
          repository, digest);
  if (!row) return std::nullopt;
  const auto& [id, media_type, artifact_type, size, image_size, subject, config, annotations, by, at, pulls,
               last_pull] = *row;
  Found found{ManifestId(id), repository, config, {}};
  auto& artifact = found.artifact;
  artifact.digest = stored_digest(digest);
  artifact.media_type = MediaType::trusted(media_type);
  artifact.artifact_type = artifact_type;
  artifact.manifest_size = size;
  artifact.image_size = image_size;
  if (subject) artifact.subject = stored_digest(*subject);
  artifact.annotations = stored_object(annotations);
  artifact.pushed_by = by;
  artifact.pushed_at = from_millis(at);
  artifact.pulls = pulls;
  artifact.last_pull_at = to_time(last_pull);
  return found;
}

std::vector<Tag> tags_of(db::Connection& tx, ManifestId manifest) {
  std::vector<Tag> tags;
  for (auto& [name] : tx.query<Text>("SELECT name FROM tags WHERE manifest_id = :manifest ORDER BY name", manifest))
    tags.push_back(Tag::trusted(name));
  return tags;
}

std::vector<Reference> references_of(db::Connection& tx, ManifestId manifest) {
  std::vector<Reference> references;
  for (auto& [kind, digest, type, size, platform, present] : tx.query<Text, Text, Text, Int, Text, Int>(
           "SELECT r.kind, r.digest, r.media_type, r.size, r.platform, CASE WHEN r.kind = 'child' THEN (SELECT "
           "COUNT(*) FROM manifests m "
           "WHERE m.repository_id = r.repository_id AND m.digest = r.digest) ELSE 1 END FROM manifest_references r "
           "WHERE r.manifest_id = :manifest ORDER BY r.position",
           manifest))
    references.push_back({kind, stored_digest(digest), type, platform, size, present != 0});
  return references;
}

std::vector<Referrer> referrers_of(db::Connection& tx, RepositoryId repository, const Digest& subject) {
  std::vector<Referrer> referrers;
  for (auto& [digest, type, artifact_type, size, annotations] : tx.query<Text, Text, Text, Int, Text>(
           "SELECT digest, media_type, artifact_type, size, annotations FROM manifests "
           "WHERE repository_id = :repository AND subject_digest = :subject ORDER BY digest LIMIT :limit",
           repository, subject, kShownReferrers))
    referrers.push_back({stored_digest(digest), type, artifact_type, size, stored_object(annotations)});
  return referrers;
}

}  // namespace

Result<RepositoryDetail> Artifacts::repository(const RepositoryKey& key) {
  return database_.read([&](db::Connection& tx) -> Result<RepositoryDetail> {
    const auto row = tx.one<Int, MaybeInt, Int, Int, Int, Int, Int, Int, MaybeInt>(
        "SELECT id, home_workspace_id, created_at, updated_at, tag_count, manifest_count, size_bytes, pull_count, "
        "last_pull_at "
        "FROM repositories WHERE space_id = :space AND name = :name",
        key.space, key.path);
    if (!row) return fail(no_repository());
    const auto& [id, home, created, updated, tags, manifests, size, pulls, last_pull] = *row;
    return RepositoryDetail{RepositoryId(id),
                            home ? std::optional(WorkspaceId(*home)) : std::nullopt,
                            from_millis(created),
                            from_millis(updated),
                            tags,
                            manifests,
                            size,
                            pulls,
                            to_time(last_pull)};
  });
}

Result<std::vector<TagDetail>> Artifacts::tags(const RepositoryKey& key, const TagQuery& query) {
  return database_.read([&](db::Connection& tx) -> Result<std::vector<TagDetail>> {
    const auto repository = find_repository(tx, key);
    if (!repository) return fail(no_repository());
    // LIKE folds case on one database and not on the other; a name that loses the term by REPLACE contains it.
    const std::string_view contains =
        query.search.empty() ? "AND :search = '' " : "AND REPLACE(t.name, :search, '') <> t.name ";
    std::vector<TagDetail> tags;
    for (auto& [name, digest, type, artifact_type, size, by, at, pulls, last_pull] :
         tx.query<Text, Text, Text, Text, Int, Text, Int, Int, MaybeInt>(
             fmt::format("SELECT t.name, t.digest, m.media_type, m.artifact_type, m.image_size, t.pushed_by, "
                         "t.pushed_at, t.pull_count, "
                         "t.last_pull_at FROM tags t JOIN manifests m ON m.id = t.manifest_id "
                         "WHERE t.repository_id = :repository AND t.name > :after {}ORDER BY t.name LIMIT :limit",
                         contains),
             *repository, query.after ? query.after->text() : std::string(), query.search, query.limit))
      tags.push_back({Tag::trusted(name), stored_digest(digest), type, artifact_type, size, by, from_millis(at), pulls,
                      to_time(last_pull)});
    return tags;
  });
}

Result<Artifact> Artifacts::artifact(const RepositoryKey& key, const std::variant<Tag, Digest>& reference) {
  auto found = database_.read([&](db::Connection& tx) -> Result<Found> {
    const auto repository = find_repository(tx, key);
    if (!repository) return fail(no_repository());
    auto manifest = find_manifest(tx, *repository, reference);
    if (!manifest) return fail(Fault::kNotFound, "the repository has no such tag or digest");
    manifest->artifact.tags = tags_of(tx, manifest->id);
    manifest->artifact.references = references_of(tx, manifest->id);
    manifest->artifact.referrers = referrers_of(tx, *repository, manifest->artifact.digest);
    return manifest.value();
  });
  if (!found) return fail(found.error());
  if (found->config_digest)
    found->artifact.config = configs_.read(found->repository, stored_digest(*found->config_digest));
  return std::move(found->artifact);
}

}  // namespace berth::catalog
