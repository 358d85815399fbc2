#pragma once

#include <memory>

#include "db/database.h"

namespace berth::distribution {

/// When content of a repository last changed, so that what is remembered of it (content_cache.h) is told from what
/// holds.
///
/// Whoever changes or takes away content says so in that transaction, with one line:
///
///     changes.touch(tx, repository.id);        // a manifest, a tag or a blob's link is gone or names another object
///     now;
///                                              // the repository is gone
///     changes.touch(tx, repository.id, tag);   // this tag alone was moved, or is gone
///
/// What only adds says nothing: absence is never remembered. The change is dated when its transaction has ended, before
/// Database::write() returns or throws, and also when nobody knows how it ended. So a request that begins after a 201
/// or 202 never sees what was before it, and what was read before the change can never be remembered after it.
///
/// With PostgreSQL other replicas change the same rows: a transaction that touches also notifies, and nothing
/// remembered is used unless all that was committed up to a second ago has been heard
/// (docs/decisions/0006-remembered-content.md).
///
/// Any thread; no locks. Changes share slots by a hash: an unrelated one may cost a look-up in the database, never a
/// wrong answer.
class ContentChanges {
 public:
  /// A place in the order of all changes.
  using Moment = std::uint64_t;

  /// On PostgreSQL it follows other replicas from here on.
  explicit ContentChanges(db::Database& database);

  void touch(db::Connection& tx, RepositoryId repository);
  void touch(db::Connection& tx, RepositoryId repository, const Tag& tag);
  /// Everything at once: a blob that was found to be damaged, whoever has it.
  void touch_all(db::Connection& tx);

  /// False while other replicas may have changed what we have not heard of: nothing that is remembered is used then.
  [[nodiscard]] bool complete() const;

  /// Take it before reading what is to be remembered.
  [[nodiscard]] Moment now() const;
  /// Nothing of the repository was touched after `moment`; tags that were moved apart.
  [[nodiscard]] bool unchanged(RepositoryId repository, Moment moment) const;
  /// The same, and the tag was not moved either.
  [[nodiscard]] bool unchanged(RepositoryId repository, const Tag& tag, Moment moment) const;

 private:
  class Dates;
  class Pending;
  void date_at_end(db::Connection& tx, std::size_t slot);

  const std::shared_ptr<Dates> dates_;  // shared with transactions under way and with the database's listening thread
};

}  // namespace berth::distribution
