#include "integrity/damage_report.h"

namespace berth::integrity {
namespace {

/// Tags of the manifests that refer to the blob, and of the indexes above those.
std::vector<std::string> tags_of(db::Connection& tx, std::int64_t repository, std::string_view digest) {
  std::vector<std::string> tags;
  for (auto& [name] : tx.query<std::string>(
           "WITH RECURSIVE hit(manifest_id) AS ("
           "SELECT manifest_id FROM manifest_references WHERE repository_id = :repository AND digest = :digest "
           "UNION SELECT p.manifest_id FROM hit JOIN manifests m ON m.id = hit.manifest_id "
           "JOIN manifest_references p ON p.repository_id = m.repository_id AND p.digest = m.digest) "
           "SELECT t.name FROM hit JOIN tags t ON t.manifest_id = hit.manifest_id ORDER BY t.name LIMIT :limit",
           repository, digest, kAffectedAtMost))
    tags.push_back(std::move(name));
  return tags;
}

std::vector<DamagedBlob::Affected> affected_by(db::Connection& tx, const DamagedBlob& blob) {
  std::vector<DamagedBlob::Affected> found;
  for (const auto& [id, space, path] : tx.query<std::int64_t, std::string, std::string>(
           "SELECT r.id, s.name, r.name FROM repository_blobs l JOIN repositories r ON r.id = l.repository_id "
           "JOIN spaces s ON s.id = r.space_id WHERE l.blob_id = :blob ORDER BY s.name, r.name LIMIT :limit",
           blob.id, kAffectedAtMost))
    found.push_back({fmt::format("{}/{}", space, path), tags_of(tx, id, blob.digest)});
  return found;
}

}  // namespace

std::vector<DamagedBlob> read_damaged(db::Connection& tx, std::int64_t after, std::size_t limit) {
  std::vector<DamagedBlob> page;
  for (auto& [id, digest, size, damage, found_at] :
       tx.query<std::int64_t, std::string, std::int64_t, std::optional<std::string>, std::int64_t>(
           "SELECT id, digest, size, damage, quarantined_at FROM blobs "
           "WHERE quarantined_at IS NOT NULL AND state <> 'gone' AND id > :after ORDER BY id LIMIT :limit",
           after, limit))
    page.push_back({.id = id,
                    .digest = std::move(digest),
                    .size = size,
                    .damage = damage.value_or(""),
                    .found_at = from_millis(found_at),
                    .repositories = {}});
  for (auto& blob : page) blob.repositories = affected_by(tx, blob);
  return page;
}

}  // namespace berth::integrity
