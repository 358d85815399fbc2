#pragma once

#include <optional>
#include <span>

#include "distribution/collected.h"
#include "distribution/manifest_writer.h"
#include "distribution/reviews.h"
#include "jobs/queue.h"

namespace berth::distribution {

/// The policy of the space for manifests without a tag: they stay, unless it says after how many days they go. What an
/// index lists stays with the index, and what refers to a subject (signatures, SBOMs) with the subject, whatever their
/// tags. A pull counts like a tag that was taken away at that moment.
///
/// All items are of one repository, whose lock is taken. What goes is told and audited as a deletion by the system.
[[nodiscard]] Collected review_manifests(db::Connection& tx, ContentChanges& changes, std::span<const jobs::Item> items,
                                         const CollectionSettings& settings, Time now);

/// Whether and when the policy lets an untagged manifest go; nullopt: something holds it, or the space keeps all.
/// Without locks, for previews.
struct Untagged {
  DroppedManifest manifest;
  Time due;
};
[[nodiscard]] std::optional<Untagged> find_untagged(db::Connection& tx, SpaceId space, RepositoryId repository,
                                                    const std::string& digest, Time since);

/// The space has a policy now: its untagged manifests of old are enqueued, a bounded number at a time. The item's
/// subject says behind which manifest to go on: `<repository's name>@<digest>`, or nothing.
void review_policy(db::Connection& tx, const jobs::Item& item, Time now);

}  // namespace berth::distribution
