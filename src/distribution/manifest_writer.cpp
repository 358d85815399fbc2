#include "distribution/manifest_writer.h"

#include "base/sha.h"
#include "distribution/changes.h"
#include "distribution/quota.h"
#include "distribution/references.h"
#include "distribution/repositories.h"
#include "distribution/reviews.h"

namespace berth::distribution {
namespace {

Digest digest_under(DigestAlgorithm algorithm, std::string_view bytes) {
  Hasher hasher(algorithm);
  hasher.update(bytes);
  return hasher.finish();
}

/// One push inside its transaction.
class Writer {
 public:
  Writer(db::Connection& tx, ContentChanges& changes, const Caller& caller, const Place& place,
         const ManifestPush& push, const ParsedManifest& parsed, const Digest& digest)
      : tx_(tx),
        changes_(changes),
        caller_(caller),
        place_(place),
        push_(push),
        parsed_(parsed),
        digest_(digest) {}

  Result<void> run() {
    const auto repository = open_for_push(tx_, caller_, place_);
    if (!repository) return fail(repository.error());
    repository_ = *repository;
    if (auto holds = check_conditions(); !holds) return holds;
    const auto* space = caller_.snapshot->spaces.find(place_.space);
    const auto image_size = check_references(tx_, repository_.id, parsed_, space && space->allow_sparse);
    if (!image_size) return fail(image_size.error());
    const auto manifest = ensure_row(*image_size);
    if (!manifest) return fail(manifest.error());
    if (counts_.logical_bytes > 0)
      if (auto fits = settle(tx_, caller_, place_, counts_.logical_bytes); !fits) return fits;
    move_tags(*manifest);
    tell_pushed();
    if (push_.tags.empty()) review_untagged(tx_, repository_.id, digest_, caller_.now);
    counts_.content_changed = true;
    add_counts(tx_, caller_.now, place_.space, repository_.id, counts_);
    return {};
  }

 private:
  Result<void> check_conditions() const {
    if (!push_.conditions.any()) return {};
    if (push_.tags.empty()) return push_.conditions.check(digest_.text(), known_digest());
    for (const auto& tag : push_.tags) {
      const auto row = find_tag(tx_, repository_.id, tag);
      const auto current = row ? std::optional(row->digest) : std::nullopt;
      if (auto holds = push_.conditions.check(tag.text(), current); !holds) return holds;
    }
    return {};
  }

  [[nodiscard]] std::optional<Digest> known_digest() const {
    const auto row = tx_.one<std::int64_t>(
        "SELECT id FROM manifests WHERE repository_id = :repository AND digest = :digest", repository_.id, digest_);
    return row ? std::optional(digest_) : std::nullopt;
  }

  Result<ManifestId> ensure_row(std::int64_t image_size) {
    const auto size = static_cast<std::int64_t>(push_.bytes.size());
    const auto subject = parsed_.subject ? std::optional(parsed_.subject->digest) : std::nullopt;
    const auto config = parsed_.config ? std::optional(parsed_.config->digest) : std::nullopt;
    const auto made = tx_.one<std::int64_t>(
        "INSERT INTO manifests (repository_id, digest, media_type, artifact_type, size, image_size, payload, "
        "subject_digest, config_digest, annotations, pushed_by, pushed_at) "
        "VALUES (:repository, :digest, :media_type, :artifact_type, :size, :image_size, :payload, :subject, :config, "
        ":annotations, :who, :now) ON CONFLICT (repository_id, digest) DO NOTHING RETURNING id",
        repository_.id, digest_, parsed_.media_type, parsed_.artifact_type, size, image_size, push_.bytes, subject,
        config, json::serialize(parsed_.annotations), caller_.actor.name, caller_.now);
    if (!made) return existing_row(image_size);
    const ManifestId id(std::get<0>(*made));
    write_references(tx_, repository_.id, id, parsed_.references);
    counts_.manifests = 1;
    counts_.logical_bytes = counts_.physical_bytes = size;
    return id;
  }

  /// The same bytes once more. Under another type they would be another document (CVE-2021-41190).
  Result<ManifestId> existing_row(std::int64_t image_size) {
    const auto row = tx_.one<std::int64_t, std::string>(
        "SELECT id, media_type FROM manifests WHERE repository_id = :repository AND digest = :digest", repository_.id,
        digest_);
    const auto& [id, media_type] = row.value();
    if (media_type != parsed_.media_type.text())
      return fail(Fault::kManifestInvalid, fmt::format("this manifest is here already, as {}", media_type));
    // A sparse index may have been completed since.
    tx_.execute("UPDATE manifests SET image_size = :size WHERE id = :id AND image_size <> :other", image_size, id,
                image_size);
    return ManifestId(id);
  }

  void move_tags(ManifestId manifest) {
    for (const auto& tag : push_.tags) {
      const auto before = set_tag(tx_, caller_, repository_.id, tag, {manifest, digest_});
      if (!before) ++counts_.tags;
      if (before == digest_) continue;
      if (before) {
        changes_.touch(tx_, repository_.id, tag);
        review_untagged(tx_, repository_.id, *before, caller_.now);
      }
      json::object data{{"tag", tag.text()}, {"digest", digest_.text()}};
      data["previous"] = before ? json::value(before->text()) : json::value(nullptr);
      note(tx_, caller_, place_, repository_.home,
           {.event = "tag.moved",
            .action = "tag.move",
            .subject = fmt::format("{}:{}", place_.name.text(), tag.text()),
            .data = std::move(data)});
    }
  }

  void tell_pushed() {
    json::array tags;
    for (const auto& tag : push_.tags) tags.emplace_back(tag.text());
    note(tx_, caller_, place_, repository_.home,
         {.event = "manifest.pushed",
          .action = counts_.manifests > 0 ? "manifest.push" : "",
          .subject = fmt::format("{}@{}", place_.name.text(), digest_.text()),
          .data = {{"digest", digest_.text()},
                   {"media_type", parsed_.media_type.text()},
                   {"artifact_type", parsed_.artifact_type},
                   {"size", push_.bytes.size()},
                   {"tags", std::move(tags)}}});
  }

  db::Connection& tx_;
  ContentChanges& changes_;
  const Caller& caller_;
  const Place& place_;
  const ManifestPush& push_;
  const ParsedManifest& parsed_;
  const Digest& digest_;
  Repository repository_;
  Counts counts_;
};

}  // namespace

Result<PushedManifest> push_manifest(db::Database& database, ContentChanges& changes, const Caller& caller,
                                     const Place& place, const ManifestPush& push) {
  auto digest = digest_under(push.digest ? push.digest->algorithm() : DigestAlgorithm::kSha256, push.bytes);
  if (push.digest && *push.digest != digest)
    return fail(Fault::kDigestInvalid, fmt::format("the manifest's digest is {}", digest.text()));
  const auto parsed = parse_manifest(push.bytes, push.content_type);
  if (!parsed) return fail(parsed.error());
  const auto written = database.write([&](db::Connection& tx) -> Result<void> {
    return Writer(tx, changes, caller, place, push, *parsed, digest).run();
  });
  if (!written) return fail(written.error());
  return PushedManifest{std::move(digest), parsed->subject ? std::optional(parsed->subject->digest) : std::nullopt};
}

}  // namespace berth::distribution
