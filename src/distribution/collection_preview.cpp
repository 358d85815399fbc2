#include "distribution/collection_preview.h"

#include <deque>
#include <map>
#include <set>

#include "distribution/manifest_review.h"

namespace berth::distribution {
namespace {

constexpr std::size_t kMostItems = 200'000;

using Named = std::pair<std::int64_t, std::string>;  // repository, digest

/// The collector's questions, asked about a world in which some things are gone already.
class Imagined {
 public:
  Imagined(db::Connection& tx, Time now) : tx_(tx), now_(now) {}

  CollectionPreview run() {
    for (const auto& item : peek(kManifestUntagged)) look_at_manifest(item);
    while (!loosened_.empty()) {
      const auto next = std::move(loosened_.front());
      loosened_.pop_front();
      if (!held(next)) drop(next);
    }
    for (const auto topic : {kLinkPushed, kLinkReleased})
      for (const auto& item : peek(topic)) look_at_link({item.owner, item.subject});
    for (const auto& link : released_) look_at_link(link);
    for (const auto& [blob, count] : unlinked_) look_at_blob(blob, count);
    for (const auto topic : {kBlobUnlinked, kBlobCondemned})
      for (const auto& item : peek(topic))
        if (!unlinked_.contains(item.owner)) look_at_blob(item.owner, 0);
    return found_;
  }

 private:
  std::vector<jobs::Item> peek(std::string_view topic) {
    auto items = jobs::peek(tx_, topic, kMostItems);
    if (items.size() == kMostItems) found_.complete = false;
    return items;
  }

  void look_at_manifest(const jobs::Item& item) {
    const auto space = tx_.one<std::int64_t>("SELECT space_id FROM repositories WHERE id = :id", item.owner);
    if (!space) return;
    const auto untagged =
        find_untagged(tx_, SpaceId(std::get<0>(*space)), RepositoryId(item.owner), item.subject, item.since);
    if (untagged && untagged->due <= now_) drop({item.owner, item.subject});
  }

  void drop(const Named& manifest) {
    if (!dropped_.insert(manifest).second) return;
    const auto& [repository, digest] = manifest;
    const auto row = tx_.one<std::int64_t, std::int64_t>(
        "SELECT id, size FROM manifests WHERE repository_id = :repository AND digest = :digest", repository, digest);
    if (!row) return;
    ++found_.manifests;
    found_.logical_bytes += std::get<1>(*row);
    for (auto& [child, kind] : tx_.query<std::string, std::string>(
             "SELECT digest, kind FROM manifest_references WHERE manifest_id = :id", std::get<0>(*row)))
      (kind == "child" ? loosened_ : released_).emplace_back(repository, std::move(child));
    for (auto& [referrer] : tx_.query<std::string>(
             "SELECT digest FROM manifests WHERE repository_id = :repository AND subject_digest = :digest", repository,
             digest))
      loosened_.emplace_back(repository, std::move(referrer));
  }

  /// By a tag, or by an index or a subject that is not dropped itself.
  bool held(const Named& manifest) {
    const auto& [repository, digest] = manifest;
    const auto holders = tx_.query<std::string>(
        "SELECT t.name FROM tags t JOIN manifests m ON m.id = t.manifest_id "
        "WHERE m.repository_id = :r1 AND m.digest = :d1 "
        "UNION ALL SELECT i.digest FROM manifest_references c JOIN manifests i ON i.id = c.manifest_id "
        "WHERE c.repository_id = :r2 AND c.digest = :d2 AND c.kind = 'child' "
        "UNION ALL SELECT s.digest FROM manifests m JOIN manifests s "
        "ON s.repository_id = m.repository_id AND s.digest = m.subject_digest "
        "WHERE m.repository_id = :r3 AND m.digest = :d3",
        repository, digest, repository, digest, repository, digest);
    return std::ranges::any_of(
        holders, [&](const auto& holder) { return !dropped_.contains({manifest.first, std::get<0>(holder)}); });
  }

  void look_at_link(const Named& link) {
    if (!looked_at_.insert(link).second) return;
    const auto& [repository, digest] = link;
    const auto row = tx_.one<std::int64_t, std::int64_t>(
        "SELECT blob_id, size FROM repository_blobs WHERE repository_id = :repository AND digest = :digest", repository,
        digest);
    if (!row) return;
    for (const auto& [needs] :
         tx_.query<std::string>("SELECT m.digest FROM manifest_references r JOIN manifests m ON m.id = r.manifest_id "
                                "WHERE r.repository_id = :repository AND r.digest = :digest AND r.kind <> 'child'",
                                repository, digest))
      if (!dropped_.contains({repository, needs})) return;
    ++found_.links;
    found_.logical_bytes += std::get<1>(*row);
    ++unlinked_[std::get<0>(*row)];
  }

  void look_at_blob(std::int64_t blob, std::int64_t lost) {
    const auto row = tx_.one<std::int64_t, std::int64_t>(
        "SELECT size, (SELECT COUNT(*) FROM repository_blobs l WHERE l.blob_id = b.id) FROM blobs b "
        "WHERE id = :id AND removed_at IS NULL",
        blob);
    if (!row || std::get<1>(*row) > lost) return;
    ++found_.blobs;
    found_.bytes += std::get<0>(*row);
  }

  db::Connection& tx_;
  const Time now_;
  CollectionPreview found_;
  std::set<Named> dropped_;
  std::deque<Named> loosened_;
  std::deque<Named> released_;
  std::set<Named> looked_at_;
  std::map<std::int64_t, std::int64_t> unlinked_;  // blob → how many links it would lose
};

}  // namespace

CollectionPreview preview_collection(db::Connection& tx, Time now) {
  return Imagined(tx, now).run();
}

}  // namespace berth::distribution
