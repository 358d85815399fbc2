#include "distribution/references.h"

#include "distribution/digest_lists.h"

namespace berth::distribution {
namespace {

constexpr std::size_t kRowsAtOnce = 32;

std::string_view name_of(ReferenceKind kind) {
  switch (kind) {
    case ReferenceKind::kConfig:
      return "config";
    case ReferenceKind::kLayer:
      return "layer";
    case ReferenceKind::kChild:
      break;
  }
  return "child";
}

std::vector<std::string> digests_of(const ParsedManifest& manifest, bool children) {
  std::vector<std::string> digests;
  for (const auto& reference : manifest.references)
    if ((reference.kind == ReferenceKind::kChild) == children) digests.push_back(reference.digest.text());
  std::ranges::sort(digests);
  digests.erase(std::ranges::unique(digests).begin(), digests.end());
  return digests;
}

/// digest → size, for those of `digests` that the repository has. `select` ends where the list begins.
std::map<std::string, std::int64_t> present(db::Connection& tx, RepositoryId repository, std::string_view select,
                                            std::span<const std::string> digests) {
  std::map<std::string, std::int64_t> found;
  std::string digest;
  std::int64_t size = 0;
  const std::array<db::Column, 2> columns{&digest, &size};
  in_lists(digests, [&](const std::string& list, std::span<const db::Param> params) {
    std::vector<db::Param> all{db::to_param(repository)};
    all.insert(all.end(), params.begin(), params.end());
    tx.run(fmt::format("{} IN ({})", select, list), all, columns, [&] { found.emplace(digest, size); });
  });
  return found;
}

void write_rows(db::Connection& tx, RepositoryId repository, ManifestId manifest, std::int64_t position,
                std::span<const Reference> rows) {
  std::string sql =
      "INSERT INTO manifest_references (manifest_id, position, repository_id, kind, digest, media_type, size, "
      "platform) "
      "VALUES ";
  std::vector<db::Param> params;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    sql +=
        fmt::format("{}(:m{}, :p{}, :r{}, :k{}, :d{}, :t{}, :s{}, :o{})", i == 0 ? "" : ", ", i, i, i, i, i, i, i, i);
    params.insert(params.end(), {db::to_param(manifest), db::to_param(position + static_cast<std::int64_t>(i)),
                                 db::to_param(repository), db::to_param(name_of(row.kind)), db::to_param(row.digest),
                                 db::to_param(row.media_type), db::to_param(row.size), db::to_param(row.platform)});
  }
  tx.run(sql, params, {}, nullptr);
}

}  // namespace

std::vector<const Reference*> required_of(const ParsedManifest& manifest) {
  std::vector<const Reference*> required;
  std::set<std::pair<bool, std::string_view>> seen;
  for (const auto& reference : manifest.references)
    if (!reference.foreign && seen.emplace(reference.kind == ReferenceKind::kChild, reference.digest.text()).second)
      required.push_back(&reference);
  return required;
}

Result<std::int64_t> check_references(db::Connection& tx, RepositoryId repository, const ParsedManifest& manifest,
                                      bool sparse) {
  const auto blobs = present(tx, repository,
                             "SELECT l.digest, l.size FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id "
                             "WHERE l.repository_id = :repository AND b.quarantined_at IS NULL AND l.digest",
                             digests_of(manifest, false));
  const auto children =
      present(tx, repository, "SELECT digest, image_size FROM manifests WHERE repository_id = :repository AND digest",
              digests_of(manifest, true));

  std::int64_t size = manifest.content_size;
  // Every size is what a client has said: together they may be more than there can be.
  for (const auto& [_, child_size] : children)
    if (__builtin_add_overflow(size, child_size, &size)) size = std::numeric_limits<std::int64_t>::max();
  if (sparse) return size;
  std::vector<std::string> missing;
  for (const auto* reference : required_of(manifest)) {
    const auto& here = reference->kind == ReferenceKind::kChild ? children : blobs;
    if (!here.contains(reference->digest.text())) missing.push_back(reference->digest.text());
  }
  if (missing.empty()) return size;
  return fail(Error{.fault = Fault::kManifestBlobUnknown,
                    .message = "the manifest refers to content that is not in this repository",
                    .subjects = std::move(missing),
                    .detail = {}});
}

void write_references(db::Connection& tx, RepositoryId repository, ManifestId manifest,
                      std::span<const Reference> references) {
  for (std::size_t at = 0; at < references.size(); at += kRowsAtOnce)
    write_rows(tx, repository, manifest, static_cast<std::int64_t>(at),
               references.subspan(at, std::min(kRowsAtOnce, references.size() - at)));
}

}  // namespace berth::distribution
