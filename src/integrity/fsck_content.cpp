#include "base/sha.h"
#include "integrity/fsck_checks.h"

namespace berth::integrity {
namespace {

constexpr std::int64_t kManifestsAtOnce = 100;

/// "shop/web", by the repository's id.
constexpr std::string_view kRepository =
    "(SELECT s.name || '/' || r.name FROM repositories r JOIN spaces s ON s.id = r.space_id WHERE r.id = {})";

std::string in_repository(std::string_view id) {
  return fmt::format(fmt::runtime(kRepository), id);
}

bool is_of(const Digest& digest, std::string_view payload) {
  Hasher hasher(digest.algorithm());
  hasher.update(payload);
  return hasher.finish() == digest;
}

/// Rows of two texts, each a finding.
void ask(db::Database& database, Finding::Kind kind, std::string_view sentence, const std::string& sql,
         Findings& findings) {
  const auto rows =
      database.read([&](db::Connection& tx) { return tx.query<std::optional<std::string>, std::string>(sql); });
  for (const auto& [place, what] : rows)
    findings.push_back(
        {.kind = kind, .text = fmt::format(fmt::runtime(sentence), place.value_or("(no repository)"), what)});
}

}  // namespace

void check_manifests(db::Database& database, Findings& findings) {
  const auto sql = fmt::format(
      "SELECT m.id, {}, m.digest, m.size, m.payload FROM manifests m WHERE m.id > :after ORDER BY m.id LIMIT :limit",
      in_repository("m.repository_id"));
  for (std::int64_t after = 0;;) {
    const auto rows = database.read([&](db::Connection& tx) {
      return tx.query<std::int64_t, std::optional<std::string>, std::string, std::int64_t, std::string>(
          sql, after, kManifestsAtOnce);
    });
    if (rows.empty()) return;
    for (const auto& [id, repository, text, size, payload] : rows) {
      after = id;
      const auto digest = Digest::parse(text);
      if (digest && is_of(*digest, payload) && size == static_cast<std::int64_t>(payload.size())) continue;
      findings.push_back({.kind = Finding::Kind::kManifest,
                          .text = fmt::format("{}@{}: its stored bytes are not those of the digest",
                                              repository.value_or("(no repository)"), text)});
    }
  }
}

void check_references(db::Database& database, Findings& findings) {
  // What clients fetch elsewhere need not be here, nor what a space lets its indexes leave out.
  const auto missing = fmt::format(
      "SELECT {}, c.digest FROM manifest_references c JOIN manifests m ON m.id = c.manifest_id "
      "JOIN repositories p ON p.id = m.repository_id JOIN spaces q ON q.id = p.space_id "
      "WHERE c.kind <> 'child' AND q.allow_sparse = 0 AND c.media_type NOT LIKE '%foreign%' "
      "AND c.media_type NOT LIKE '%nondistributable%' AND NOT EXISTS (SELECT 1 FROM repository_blobs l "
      "WHERE l.repository_id = m.repository_id AND l.digest = c.digest)",
      in_repository("m.repository_id"));
  ask(database, Finding::Kind::kManifest, "{}: a manifest refers to the blob {}, which is not in the repository",
      missing, findings);
  const auto without_child = fmt::format(
      "SELECT {}, c.digest FROM manifest_references c JOIN manifests m ON m.id = c.manifest_id "
      "JOIN repositories p ON p.id = m.repository_id JOIN spaces q ON q.id = p.space_id "
      "WHERE c.kind = 'child' AND q.allow_sparse = 0 AND NOT EXISTS (SELECT 1 FROM manifests d "
      "WHERE d.repository_id = m.repository_id AND d.digest = c.digest)",
      in_repository("m.repository_id"));
  ask(database, Finding::Kind::kManifest, "{}: an index lists the manifest {}, which is not in the repository",
      without_child, findings);
  const auto unlinked = fmt::format(
      "SELECT {}, l.digest FROM repository_blobs l LEFT JOIN blobs b ON b.id = l.blob_id "
      "WHERE b.id IS NULL OR b.state = 'gone' OR b.digest <> l.digest",
      in_repository("l.repository_id"));
  ask(database, Finding::Kind::kBlob, "{}: the blob {} is linked to a row that is not its own, or is gone", unlinked,
      findings);
}

void check_tags(db::Database& database, Findings& findings) {
  const auto sql = fmt::format(
      "SELECT {}, t.name FROM tags t LEFT JOIN manifests m ON m.id = t.manifest_id "
      "WHERE m.id IS NULL OR m.repository_id <> t.repository_id OR m.digest <> t.digest",
      in_repository("t.repository_id"));
  ask(database, Finding::Kind::kTag, "{}:{} points to a manifest that is not there, or not the one that it names", sql,
      findings);
}

}  // namespace berth::integrity
