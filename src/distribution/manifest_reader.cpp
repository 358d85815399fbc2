#include "distribution/manifest_reader.h"

namespace berth::distribution {
namespace {

constexpr std::string_view kByTag =
    "SELECT m.repository_id, m.id, m.digest, m.media_type, m.payload FROM repositories r "
    "JOIN tags t ON t.repository_id = r.id JOIN manifests m ON m.id = t.manifest_id "
    "WHERE r.space_id = :space AND r.name = :repository AND t.name = :name";
constexpr std::string_view kByDigest =
    "SELECT m.repository_id, m.id, m.digest, m.media_type, m.payload FROM repositories r "
    "JOIN manifests m ON m.repository_id = r.id "
    "WHERE r.space_id = :space AND r.name = :repository AND m.digest = :name";

const std::string& text_of(const ManifestName& name) {
  const auto* tag = std::get_if<Tag>(&name);
  return tag ? tag->text() : std::get<Digest>(name).text();
}

http::Headers fields_of(const StoredManifest& manifest, bool by_digest) {
  http::Headers headers;
  headers.add("Content-Type", manifest.media_type);
  headers.add("Docker-Content-Digest", manifest.digest.text());
  headers.add("ETag", fmt::format("\"{}\"", manifest.digest.text()));
  headers.add("Cache-Control", by_digest ? "private, max-age=31536000, immutable" : "private, no-cache");
  // The type is whatever its pusher wrote: no browser shall take it for a page of this origin.
  headers.add("Content-Security-Policy", "sandbox; default-src 'none'");
  headers.add("X-Content-Type-Options", "nosniff");
  return headers;
}

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

StoredManifestPtr ManifestReader::recall(const Place& place, const ManifestName& name) {
  auto entry = remembered_.find(place, text_of(name));
  if (!entry.value) return nullptr;
  const auto* tag = std::get_if<Tag>(&name);
  const auto repository = entry.value->repository;
  const bool holds =
      tag ? changes_.unchanged(repository, *tag, entry.read_at) : changes_.unchanged(repository, entry.read_at);
  return holds ? std::move(entry.value) : nullptr;
}

Result<StoredManifestPtr> ManifestReader::find(const Place& place, const ManifestName& name) {
  if (auto known = recall(place, name)) return known;
  const auto moment = changes_.now();
  auto manifest = read(place, name);
  if (!manifest) return fail(Fault::kManifestUnknown, "the manifest is not known to this repository");
  remembered_.put(place, text_of(name), {manifest, moment}, sizeof(StoredManifest) + manifest->payload.size() + 512);
  return manifest;
}

StoredManifestPtr ManifestReader::read(const Place& place, const ManifestName& name) {
  const bool by_digest = std::holds_alternative<Digest>(name);
  auto row = database_.read([&](db::Connection& tx) {
    return tx.one<std::int64_t, std::int64_t, std::string, std::string, std::string>(
        by_digest ? kByDigest : kByTag, place.space, place.name.path(), text_of(name));
  });
  if (!row) return nullptr;
  auto& [repository, id, digest, media_type, payload] = *row;
  auto manifest = std::make_shared<StoredManifest>(StoredManifest{.repository = RepositoryId(repository),
                                                                  .id = ManifestId(id),
                                                                  .digest = Digest::parse(digest).value(),
                                                                  .media_type = std::move(media_type),
                                                                  .payload = std::move(payload),
                                                                  .fields = {}});
  manifest->fields = fields_of(*manifest, by_digest);
  return manifest;
}

}  // namespace berth::distribution
