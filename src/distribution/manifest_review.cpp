#include "distribution/manifest_review.h"

namespace berth::distribution {
namespace {

constexpr std::int64_t kRepositoriesAtOnce = 20;
constexpr std::size_t kManifestsAtOnce = 1000;
// Behind every digest, in the order of their texts.
constexpr std::string_view kLastDigest = "~";

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
  jobs::done(tx, item);
  const SpaceId space(item.owner);
  if (!days_of(tx, space)) return;
  const auto go_on_behind = [&](std::string_view name, std::string_view digest) {
    jobs::enqueue(tx, {kSpacePolicy, item.owner, fmt::format("{}@{}", name, digest)}, now, item.since);
  };
  const auto at = item.subject.find('@');
  const auto first = at == std::string::npos ? std::string() : item.subject.substr(0, at);
  const auto repositories = tx.query<std::int64_t, std::string>(
      "SELECT id, name FROM repositories WHERE space_id = :space AND name >= :first ORDER BY name LIMIT :n", space,
      first, kRepositoriesAtOnce);
  auto left = kManifestsAtOnce;
  for (const auto& [id, name] : repositories) {
    const auto behind = name == first ? item.subject.substr(at + 1) : std::string();
    const auto manifests = tx.query<std::string, std::optional<std::string>>(
        "SELECT digest, (SELECT t.name FROM tags t WHERE t.manifest_id = m.id LIMIT 1) FROM manifests m "
        "WHERE repository_id = :repository AND digest > :behind ORDER BY digest LIMIT :n",
        id, behind, left);
    for (const auto& [digest, tag] : manifests)
      if (!tag) jobs::enqueue(tx, {kManifestUntagged, id, digest}, now, item.since);  // days count from the policy on
    if (manifests.size() == left) return go_on_behind(name, std::get<0>(manifests.back()));
    left -= manifests.size();
  }
  if (repositories.size() == static_cast<std::size_t>(kRepositoriesAtOnce))
    go_on_behind(std::get<1>(repositories.back()), kLastDigest);
}

}  // namespace berth::distribution
