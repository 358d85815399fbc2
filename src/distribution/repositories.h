#pragma once

#include <optional>

#include "db/database.h"
#include "distribution/caller.h"

/// Rows of `repositories` and their counters. Every transaction that changes something in a repository locks its row
/// first (README.md, "Locks").
namespace berth::distribution {

struct Repository {
  RepositoryId id;
  std::optional<WorkspaceId> home;
};

/// The repository, if there is one.
[[nodiscard]] std::optional<Repository> find_repository(db::Connection& tx, SpaceId space, const RepositoryPath& path);
/// The same, locked until the transaction ends.
[[nodiscard]] std::optional<Repository> lock_repository(db::Connection& tx, const Place& place);

/// A repository by its id, with its name, locked until the transaction ends: for what comes from the queue.
struct NamedRepository {
  Place place;
  Repository repository;
};
[[nodiscard]] std::optional<NamedRepository> lock_repository(db::Connection& tx, RepositoryId id);

/// As the access rule sees it.
[[nodiscard]] access::RepositoryTarget target_of(const RepositoryPath& path,
                                                 const std::optional<Repository>& repository);

/// Finds or creates the repository for a push, locks it, and decides on the row that it read: of two workspaces that
/// push a new name at once one becomes its home and the other gets kDenied.
[[nodiscard]] Result<Repository> open_for_push(db::Connection& tx, const Caller& caller, const Place& place);
/// Locks the repository for a deletion and decides on its row; kNameUnknown when it is not there.
[[nodiscard]] Result<Repository> open_for_delete(db::Connection& tx, const Caller& caller, const Place& place);

/// What a transaction adds to (or, negative, takes from) the counters.
struct Counts {
  std::int64_t manifests = 0;
  std::int64_t tags = 0;
  std::int64_t logical_bytes = 0;
  std::int64_t physical_bytes = 0;
  bool content_changed = false;  // a manifest or tag: the repository was updated now
};
/// The last thing that a transaction does. A space's bytes are spread over rows by the repository's id, which the
/// transaction has locked: pushes to one repository wait for each other anyway, and pushes to several do not.
void add_counts(db::Connection& tx, Time now, SpaceId space, RepositoryId repository, const Counts& counts);
/// Into one of these rows; a space that is gone is left alone.
void add_space_bytes(db::Connection& tx, SpaceId space, std::int64_t shard, std::int64_t logical,
                     std::int64_t physical);

}  // namespace berth::distribution
