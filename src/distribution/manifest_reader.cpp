#include "distribution/manifest_reader.h"

namespace berth::distribution {
namespace {

constexpr std::string_view kByTag =
    "SELECT m.repository_id, m.id, m.digest, m.media_type, m.size, {} FROM repositories r "
    "JOIN tags t ON t.repository_id = r.id JOIN manifests m ON m.id = t.manifest_id "
    "WHERE r.space_id = :space AND r.name = :repository AND t.name = :name";
constexpr std::string_view kByDigest =
    "SELECT m.repository_id, m.id, m.digest, m.media_type, m.size, {} FROM repositories r "
    "JOIN manifests m ON m.repository_id = r.id "
    "WHERE r.space_id = :space AND r.name = :repository AND m.digest = :name";

}  // namespace

Result<ManifestName> parse_manifest_name(std::string_view text) {
  if (text.find(':') != std::string_view::npos) {
    auto digest = Digest::parse(text);
    if (!digest) return fail(std::move(digest.error()));
    return std::move(*digest);
  }
  auto tag = Tag::parse(text);
  if (!tag) return fail(std::move(tag.error()));
  return std::move(*tag);
}

Result<StoredManifest> ManifestReader::find(const Place& place, const ManifestName& name, Payload payload) {
  const auto* tag = std::get_if<Tag>(&name);
  const std::string& text = tag ? tag->text() : std::get<Digest>(name).text();
  const auto sql = fmt::format(fmt::runtime(tag ? kByTag : kByDigest), payload == Payload::kYes ? "m.payload" : "''");
  auto row = database_.read([&](db::Connection& tx) {
    return tx.one<std::int64_t, std::int64_t, std::string, std::string, std::int64_t, std::string>(
        sql, place.space, place.name.path(), text);
  });
  if (!row) return fail(Fault::kManifestUnknown, "the manifest is not known to this repository");
  auto& [repository, id, digest, media_type, size, bytes] = *row;
  return StoredManifest{
      .repository = RepositoryId(repository),
      .id = ManifestId(id),
      .digest = Digest::parse(digest).value(),
      .media_type = std::move(media_type),
      .size = size,
      .payload = payload == Payload::kYes ? std::make_shared<const std::string>(std::move(bytes)) : nullptr};
}

}  // namespace berth::distribution
