#pragma once

#include <atomic>
#include <memory>

#include "db/database.h"

namespace berth::distribution {

/// When content of a repository last changed, so that what is remembered of it (content_cache.h) is told from what holds.
///
/// Whoever changes or takes away content says so in that transaction, with one line:
///
///     changes.touch(tx, repository.id);        // a manifest, a tag or a blob's link is gone; the repository is gone
///     changes.touch(tx, repository.id, tag);   // this tag alone was moved
///
/// What only adds says nothing: absence is never remembered. The change is dated when its transaction has ended, before
/// Database::write() returns or throws, and also when nobody knows how it ended. So a request that begins after a 201 or
/// 202 never sees what was before it, and what was read before the change can never be remembered after it.
///
/// Any thread; no locks. Must outlive the transactions that touched it. Changes share slots by a hash: an unrelated one
/// may cost a look-up in the database, never a wrong answer.
class ContentChanges {
 public:
  /// A place in the order of all changes.
  using Moment = std::uint64_t;

  ContentChanges();

  void touch(db::Connection& tx, RepositoryId repository) { date_at_end(tx, slot_of(repository)); }
  void touch(db::Connection& tx, RepositoryId repository, const Tag& tag) { date_at_end(tx, slot_of(repository, tag)); }
  /// Everything at once: a restored database, a blob that was found to be damaged.
  void touch_all(db::Connection& tx) { date_at_end(tx, kAll); }

  /// Take it before reading what is to be remembered.
  [[nodiscard]] Moment now() const { return clock_.load(); }
  /// Nothing of the repository was touched after `moment`; tags that were moved apart.
  [[nodiscard]] bool unchanged(RepositoryId repository, Moment moment) const;
  /// The same, and the tag was not moved either.
  [[nodiscard]] bool unchanged(RepositoryId repository, const Tag& tag, Moment moment) const;

 private:
  class Pending;
  static constexpr std::size_t kSlots = 1U << 15;
  static constexpr std::size_t kAll = kSlots;

  [[nodiscard]] static std::size_t slot_of(RepositoryId repository);
  [[nodiscard]] static std::size_t slot_of(RepositoryId repository, const Tag& tag);
  [[nodiscard]] bool quiet(std::size_t slot, Moment moment) const { return changed_[slot].load() <= moment; }
  void date_at_end(db::Connection& tx, std::size_t slot);
  void date(std::size_t slot);

  std::atomic<Moment> clock_ = 0;
  const std::unique_ptr<std::atomic<Moment>[]> changed_;  // by slot; the last is "everything"
};

}  // namespace berth::distribution
