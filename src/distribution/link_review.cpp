#include "distribution/link_review.h"

#include <set>

#include "distribution/repositories.h"

namespace berth::distribution {
namespace {

struct Link {
  std::int64_t blob = 0;
  std::int64_t size = 0;
  Time linked_at;
  std::optional<Time> condemned_at;
};

/// The reviews of one repository, in its transaction.
class LinkReview {
 public:
  LinkReview(db::Connection& tx, ContentChanges& changes, const NamedRepository& where,
             const CollectionSettings& settings, Time now)
      : tx_(tx),
        changes_(changes),
        where_(where),
        repository_(where.repository.id),
        settings_(settings),
        now_(now) {}

  void look_at(const jobs::Item& item) {
    const auto link = find(item.subject);
    if (!link) return jobs::done(tx_, item);
    if (needed(item.subject)) {
      if (link->condemned_at) set_condemned(item.subject, std::nullopt);
      return jobs::done(tx_, item);
    }
    const auto push_ends = link->linked_at + settings_.unreferenced;
    if (push_ends > now_) return wait(item, push_ends);
    if (!link->condemned_at) {
      set_condemned(item.subject, now_);
      changes_.touch(tx_, repository_);  // who asks for the blob from now on must reach the link, to revive it
      return wait(item, now_ + settings_.grace);
    }
    if (*link->condemned_at + settings_.grace > now_) return wait(item, *link->condemned_at + settings_.grace);
    if (remove(item.subject)) {
      unlinked_.insert(link->blob);
      changes_.touch(tx_, repository_);
      ++result_.links;
      bytes_ += link->size;
    }
    jobs::done(tx_, item);
  }

  /// What all of them come to, in the order of locks.
  Collected finish() {
    for (const auto blob : unlinked_) review_unlinked(tx_, BlobId(blob), now_);
    if (bytes_ > 0) add_counts(tx_, now_, where_.place.space, repository_, {.logical_bytes = -bytes_});
    return result_;
  }

 private:
  std::optional<Link> find(const std::string& digest) const {
    const auto row = tx_.one<std::int64_t, std::int64_t, std::int64_t, std::optional<std::int64_t>>(
        "SELECT blob_id, size, linked_at, condemned_at FROM repository_blobs "
        "WHERE repository_id = :repository AND digest = :digest",
        repository_, digest);
    if (!row) return std::nullopt;
    const auto& [blob, size, linked, condemned] = *row;
    return Link{blob, size, from_millis(linked), condemned ? std::optional(from_millis(*condemned)) : std::nullopt};
  }

  [[nodiscard]] bool needed(const std::string& digest) const {
    return tx_
        .one<std::int64_t>(
            "SELECT manifest_id FROM manifest_references "
            "WHERE repository_id = :repository AND digest = :digest AND kind <> 'child' LIMIT 1",
            repository_, digest)
        .has_value();
  }

  void set_condemned(const std::string& digest, std::optional<Time> at) {
    tx_.execute("UPDATE repository_blobs SET condemned_at = :at WHERE repository_id = :repository AND digest = :digest",
                at, repository_, digest);
  }

  /// Only while it is still condemned: who reads a blob revives its link without the repository's lock.
  bool remove(const std::string& digest) {
    return tx_.execute(
               "DELETE FROM repository_blobs WHERE repository_id = :repository AND digest = :digest "
               "AND condemned_at IS NOT NULL",
               repository_, digest) == 1;
  }

  void wait(const jobs::Item& item, Time until) {
    // The queue is read with the topic's delay; `until` is the moment itself.
    jobs::postpone(tx_, item, until - (item.topic == kLinkPushed ? settings_.unreferenced : settings_.deleted));
  }

  db::Connection& tx_;
  ContentChanges& changes_;
  const NamedRepository& where_;
  const RepositoryId repository_;
  const CollectionSettings& settings_;
  const Time now_;
  std::set<std::int64_t> unlinked_;
  std::int64_t bytes_ = 0;
  Collected result_;
};

}  // namespace

Collected review_links(db::Connection& tx, ContentChanges& changes, std::span<const jobs::Item> items,
                       const CollectionSettings& settings, Time now) {
  const auto where = lock_repository(tx, RepositoryId(items.front().owner));
  if (!where) {
    for (const auto& item : items) jobs::done(tx, item);
    return {};
  }
  LinkReview review(tx, changes, *where, settings, now);
  for (const auto& item : items) review.look_at(item);
  return review.finish();
}

bool keep_link(db::Connection& tx, SpaceId space, const RepositoryPath& path, const Digest& digest) {
  return tx.execute(
             "UPDATE repository_blobs SET condemned_at = NULL WHERE digest = :digest AND repository_id = "
             "(SELECT id FROM repositories WHERE space_id = :space AND name = :name)",
             digest, space, path) == 1;
}

}  // namespace berth::distribution
