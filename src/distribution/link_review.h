#pragma once

#include <span>

#include "distribution/collected.h"
#include "distribution/content_changes.h"
#include "distribution/reviews.h"
#include "jobs/queue.h"

namespace berth::distribution {

/// Does a manifest of this repository need the blob? If none does, the link is condemned, and goes when its grace is
/// over and nobody asked for the blob meanwhile. All items are of one repository; the repository's lock is taken, so
/// that no manifest comes in between.
[[nodiscard]] Collected review_links(db::Connection& tx, ContentChanges& changes, std::span<const jobs::Item> items,
                                     const CollectionSettings& settings, Time now);

/// The blob was asked for while its link was condemned: the link stays for another grace. False when it is gone.
[[nodiscard]] bool keep_link(db::Connection& tx, SpaceId space, const RepositoryPath& path, const Digest& digest);

}  // namespace berth::distribution
