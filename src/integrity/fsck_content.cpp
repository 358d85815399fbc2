#include "base/sha.h"
#include "distribution/references.h"
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

/// Of a manifest, to a blob or a manifest that is not in its repository.
struct LostReference {
  std::int64_t manifest;
  std::optional<std::string> repository;
  std::string digest;
  bool child;
};

/// Apart from those of a space that lets its indexes leave out what they list.
std::vector<LostReference> lost_references(db::Database& database) {
  const auto sql = fmt::format(
      "SELECT DISTINCT m.id, {}, c.digest, CASE c.kind WHEN 'child' THEN 1 ELSE 0 END "
      "FROM manifest_references c JOIN manifests m ON m.id = c.manifest_id "
      "JOIN repositories p ON p.id = m.repository_id JOIN spaces q ON q.id = p.space_id "
      "WHERE q.allow_sparse = 0 AND ((c.kind <> 'child' AND NOT EXISTS (SELECT 1 FROM repository_blobs l "
      "WHERE l.repository_id = m.repository_id AND l.digest = c.digest)) "
      "OR (c.kind = 'child' AND NOT EXISTS (SELECT 1 FROM manifests d "
      "WHERE d.repository_id = m.repository_id AND d.digest = c.digest))) "
      "ORDER BY m.id, c.digest",
      in_repository("m.repository_id"));
  return database.read([&](db::Connection& tx) {
    std::vector<LostReference> lost;
    for (auto& [manifest, repository, digest, child] :
         tx.query<std::int64_t, std::optional<std::string>, std::string, std::int64_t>(sql))
      lost.push_back({manifest, std::move(repository), std::move(digest), child != 0});
    return lost;
  });
}

/// As a push decides it, by the manifest's own text: the rows do not say which layers have `urls`. What cannot be read
/// any more is a finding of its own, and may need anything.
bool is_required(db::Database& database, const LostReference& lost) {
  const auto row = database.read([&](db::Connection& tx) {
    return tx.one<std::string, std::string>("SELECT payload, media_type FROM manifests WHERE id = :id", lost.manifest);
  });
  const auto type = MediaType::parse(std::get<1>(row.value()));
  const auto parsed =
      type ? distribution::parse_manifest(std::get<0>(*row), *type) : fail(Error::invalid("no media type"));
  if (!parsed) return true;
  return std::ranges::any_of(distribution::required_of(*parsed), [&](const distribution::Reference* reference) {
    return (reference->kind == distribution::ReferenceKind::kChild) == lost.child &&
           reference->digest.text() == lost.digest;
  });
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
  for (const auto& lost : lost_references(database)) {
    if (!is_required(database, lost)) continue;
    findings.push_back(
        {.kind = Finding::Kind::kManifest,
         .text =
             fmt::format("{}: {} {}, which is not in the repository", lost.repository.value_or("(no repository)"),
                         lost.child ? "an index lists the manifest" : "a manifest refers to the blob", lost.digest)});
  }
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
