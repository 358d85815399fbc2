#include "distribution/manifest_review.h"

#include <charconv>

namespace berth::distribution {
namespace {

constexpr std::int64_t kRepositoriesAtOnce = 20;

Caller the_system(Time now) {
  return {.subject = {}, .snapshot = nullptr, .now = now, .actor = {.name = "system", .address = {}, .request_id = {}}};
}

std::optional<std::int64_t> days_of(db::Connection& tx, SpaceId space) {
  const auto row = tx.one<std::optional<std::int64_t>>("SELECT untagged_days FROM spaces WHERE id = :id", space);
  return row ? std::get<0>(*row) : std::nullopt;
}

bool listed(db::Connection& tx, RepositoryId repository, const std::string& digest) {
  return tx
      .one<std::int64_t>(
          "SELECT manifest_id FROM manifest_references "
          "WHERE repository_id = :repository AND digest = :digest AND kind = 'child' LIMIT 1",
          repository, digest)
      .has_value();
}

bool present(db::Connection& tx, RepositoryId repository, const std::string& digest) {
  return tx
      .one<std::int64_t>("SELECT id FROM manifests WHERE repository_id = :repository AND digest = :digest", repository,
                         digest)
      .has_value();
}

}  // namespace

std::optional<Untagged> find_untagged(db::Connection& tx, SpaceId space, RepositoryId repository,
                                      const std::string& digest, Time since) {
  const auto days = days_of(tx, space);
  if (!days) return std::nullopt;
  const auto row =
      tx.one<std::int64_t, std::int64_t, std::optional<std::string>, std::optional<std::int64_t>, std::int64_t>(
          "SELECT id, size, subject_digest, last_pull_at, pushed_at FROM manifests "
          "WHERE repository_id = :repository AND digest = :digest",
          repository, digest);
  if (!row) return std::nullopt;
  const auto& [id, size, subject, pulled, pushed] = *row;
  if (tx.one<std::string>("SELECT name FROM tags WHERE manifest_id = :id LIMIT 1", id)) return std::nullopt;
  if (listed(tx, repository, digest)) return std::nullopt;
  if (subject && present(tx, repository, *subject)) return std::nullopt;
  const auto last = std::max({since, from_millis(pulled.value_or(0)), from_millis(pushed)});
  return Untagged{{ManifestId(id), Digest::parse(digest).value(), size}, last + std::chrono::hours(24) * *days};
}

Collected review_manifests(db::Connection& tx, ContentChanges& changes, std::span<const jobs::Item> items,
                           const CollectionSettings& settings, Time now) {
  Collected result;
  const auto where = lock_repository(tx, RepositoryId(items.front().owner));
  for (const auto& item : items) {
    const auto found =
        where ? find_untagged(tx, where->place.space, where->repository.id, item.subject, item.since) : std::nullopt;
    if (found && found->due > now) {
      jobs::postpone(tx, item, found->due - settings.deleted);
      continue;
    }
    jobs::done(tx, item);
    if (!found) continue;
    drop_manifest(tx, changes, the_system(now), where->place, where->repository, found->manifest, item.since);
    ++result.manifests;
  }
  return result;
}

void review_policy(db::Connection& tx, const jobs::Item& item, Time now) {
  std::int64_t behind = 0;
  std::from_chars(item.subject.data(), item.subject.data() + item.subject.size(), behind);
  jobs::done(tx, item);
  const SpaceId space(item.owner);
  if (!days_of(tx, space)) return;
  const auto repositories = tx.query<std::int64_t>(
      "SELECT id FROM repositories WHERE space_id = :space AND id > :behind ORDER BY id LIMIT :n", space, behind,
      kRepositoriesAtOnce);
  for (const auto& [id] : repositories)
    for (const auto& [digest] :
         tx.query<std::string>("SELECT digest FROM manifests m WHERE repository_id = :repository AND NOT EXISTS "
                               "(SELECT 1 FROM tags t WHERE t.manifest_id = m.id) ORDER BY digest",
                               id))
      jobs::enqueue(tx, {kManifestUntagged, id, digest}, now, item.since);  // days count from the policy on
  if (!repositories.empty())
    jobs::enqueue(tx, {kSpacePolicy, item.owner, std::to_string(std::get<0>(repositories.back()))}, now, item.since);
}

}  // namespace berth::distribution
