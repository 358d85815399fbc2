#pragma once

#include <span>

#include "blob/blob_store.h"
#include "distribution/collected.h"
#include "distribution/reviews.h"
#include "jobs/queue.h"

namespace berth::distribution {

/// An object of that name that no row names: gets a row that is gone, and its removal is enqueued. The name never comes
/// back: a push that is about to use it takes the next generation. False when it is a blob's, or on its way out.
bool claim_orphan(db::Connection& tx, const blob::ObjectName& name, std::int64_t size, Time now);

/// The end of a blob: live → condemned (no repository has it; a push or mount still revives it) → gone (never comes
/// back; a push makes the next generation) → its object removed. Each arrow is a conditional change of one row under
/// its lock, and the object goes only after `gone` is durable: what is removed can be nobody's. A crash leaves the
/// item in the queue, and the next run goes on where this one stood.
class BlobRemoval {
 public:
  BlobRemoval(db::Database& database, blob::BlobStore& store) : database_(database), store_(store) {}

  /// For kBlobUnlinked.
  [[nodiscard]] Collected condemn(std::span<const jobs::Item> items, Time now);
  /// For kBlobCondemned. An object that the store does not let go of is tried again after the item's lease.
  [[nodiscard]] Collected remove(std::span<const jobs::Item> items, Time now);

  /// One part of the store: objects older than `before` that no row names, or whose row is long gone, get a row that is
  /// gone, and their removal is enqueued (claim_orphan).
  [[nodiscard]] Collected sweep(std::size_t part, Time before, Time now);

 private:
  struct Gone {
    std::int64_t id = 0;
    blob::ObjectName name;
    std::int64_t size = 0;
    std::optional<std::int64_t> space;
    const jobs::Item* item = nullptr;
  };
  [[nodiscard]] std::vector<Gone> mark_gone(std::span<const jobs::Item> items);
  [[nodiscard]] Collected tick_off(std::span<const Gone> removed, Time now);

  db::Database& database_;
  blob::BlobStore& store_;
};

}  // namespace berth::distribution
