#include "distribution/repositories.h"

#include "distribution/changes.h"

namespace berth::distribution {
namespace {

constexpr std::int64_t kShards = 16;

std::optional<Repository> select(db::Connection& tx, SpaceId space, const RepositoryPath& path, std::string_view lock) {
  const auto row = tx.one<std::int64_t, std::optional<std::int64_t>>(
      fmt::format("SELECT id, home_workspace_id FROM repositories WHERE space_id = :space AND name = :name{}", lock),
      space, path);
  if (!row) return std::nullopt;
  const auto& [id, home] = *row;
  return Repository{RepositoryId(id), home ? std::optional(WorkspaceId(*home)) : std::nullopt};
}

Result<void> decide(const Caller& caller, access::Action action, const Place& place,
                    const std::optional<Repository>& repository) {
  const access::SpaceTarget target{place.space, target_of(place.name.path(), repository)};
  if (caller.decider().may(caller.subject, action, target)) return {};
  return fail(Fault::kDenied, action == access::Action::kPush ? "you may not push to this repository"
                                                              : "you may not delete in this repository");
}

bool insert(db::Connection& tx, const Caller& caller, const Place& place, std::optional<WorkspaceId> home) {
  return tx.execute(
             "INSERT INTO repositories (space_id, name, home_workspace_id, created_at, updated_at) "
             "VALUES (:space, :name, :home, :created, :updated) ON CONFLICT DO NOTHING",
             place.space, place.name.path(), home, caller.now, caller.now) == 1;
}

}  // namespace

std::optional<Repository> find_repository(db::Connection& tx, SpaceId space, const RepositoryPath& path) {
  return select(tx, space, path, "");
}

std::optional<Repository> lock_repository(db::Connection& tx, const Place& place) {
  return select(tx, place.space, place.name.path(), tx.for_update());
}

std::optional<NamedRepository> lock_repository(db::Connection& tx, RepositoryId id) {
  const auto row = tx.one<std::int64_t, std::string, std::optional<std::int64_t>>(
      fmt::format("SELECT space_id, name, home_workspace_id FROM repositories WHERE id = :id{}", tx.for_update()), id);
  if (!row) return std::nullopt;
  const auto& [space, path, home] = *row;
  const auto name = tx.one<std::string>("SELECT name FROM spaces WHERE id = :id", space);
  return NamedRepository{
      .place = {SpaceId(space), {SpaceName::trusted(std::get<0>(name.value())), RepositoryPath::trusted(path)}},
      .repository = {id, home ? std::optional(WorkspaceId(*home)) : std::nullopt}};
}

access::RepositoryTarget target_of(const RepositoryPath& path, const std::optional<Repository>& repository) {
  return {.path = path, .exists = repository.has_value(), .home = repository ? repository->home : std::nullopt};
}

Result<Repository> open_for_push(db::Connection& tx, const Caller& caller, const Place& place) {
  auto repository = lock_repository(tx, place);
  if (auto allowed = decide(caller, access::Action::kPush, place, repository); !allowed) return fail(allowed.error());
  if (repository) return *repository;
  const auto home = caller.decider().home_for_push(caller.subject, place.space);
  const bool ours = insert(tx, caller, place, home);
  repository = lock_repository(tx, place);
  if (!repository) return fail(Error::unavailable("try again", "the repository was deleted while it was created"));
  if (ours) {
    note(tx, caller, place, home,
         {.event = "repository.created", .action = "repository.create", .subject = place.name.text(), .data = {}});
    return *repository;
  }
  // Somebody was faster.
  if (auto allowed = decide(caller, access::Action::kPush, place, repository); !allowed) return fail(allowed.error());
  return *repository;
}

Result<Repository> open_for_delete(db::Connection& tx, const Caller& caller, const Place& place) {
  const auto repository = lock_repository(tx, place);
  if (!repository) return fail(Fault::kNameUnknown, "the repository is not known");
  if (auto allowed = decide(caller, access::Action::kDelete, place, repository); !allowed) return fail(allowed.error());
  return *repository;
}

void add_counts(db::Connection& tx, Time now, SpaceId space, RepositoryId repository, const Counts& counts) {
  const auto update =
      "UPDATE repositories SET manifest_count = manifest_count + :manifests, tag_count = tag_count + :tags, "
      "size_bytes = size_bytes + :bytes WHERE id = :id";
  const auto update_content =
      "UPDATE repositories SET manifest_count = manifest_count + :manifests, tag_count = tag_count + :tags, "
      "size_bytes = size_bytes + :bytes, updated_at = :now WHERE id = :id";
  if (counts.content_changed)
    tx.execute(update_content, counts.manifests, counts.tags, counts.logical_bytes, now, repository);
  else
    tx.execute(update, counts.manifests, counts.tags, counts.logical_bytes, repository);
  if (counts.logical_bytes == 0 && counts.physical_bytes == 0) return;
  add_space_bytes(tx, space, repository.value() % kShards, counts.logical_bytes, counts.physical_bytes);
}

void add_space_bytes(db::Connection& tx, SpaceId space, std::int64_t shard, std::int64_t logical,
                     std::int64_t physical) {
  tx.execute(
      "INSERT INTO space_counters (space_id, shard, logical_bytes, physical_bytes) "
      "SELECT id, CAST(:shard AS BIGINT), CAST(:logical AS BIGINT), CAST(:physical AS BIGINT) FROM spaces "
      "WHERE id = :space "
      "ON CONFLICT (space_id, shard) DO UPDATE SET "
      "logical_bytes = space_counters.logical_bytes + excluded.logical_bytes, "
      "physical_bytes = space_counters.physical_bytes + excluded.physical_bytes",
      shard, logical, physical, space);
}

}  // namespace berth::distribution
