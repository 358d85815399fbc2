#include "distribution/blobs.h"

#include "distribution/blob_body.h"
#include "distribution/changes.h"
#include "distribution/repositories.h"
#include "distribution/reviews.h"
#include "http/conditional.h"

namespace berth::distribution {
namespace {

Result<void> unlink(db::Connection& tx, ContentChanges& changes, const Caller& caller, const Place& place,
                    const Digest& digest) {
  const auto repository = open_for_delete(tx, caller, place);
  if (!repository) return fail(repository.error());
  const auto in_use = tx.one<std::int64_t>(
      "SELECT manifest_id FROM manifest_references "
      "WHERE repository_id = :repository AND digest = :digest AND kind <> 'child' LIMIT 1",
      repository->id, digest);
  const auto linked = tx.one<std::int64_t, std::int64_t>(
      "SELECT size, blob_id FROM repository_blobs WHERE repository_id = :repository AND digest = :digest",
      repository->id, digest);
  if (!linked) return fail(Fault::kBlobUnknown, "the blob is not known to this repository");
  if (in_use) return fail(Fault::kBlobInUse, "a manifest in this repository refers to the blob");
  tx.execute("DELETE FROM repository_blobs WHERE repository_id = :repository AND digest = :digest", repository->id,
             digest);
  changes.touch(tx, repository->id);
  const auto [size, blob] = *linked;
  review_unlinked(tx, BlobId(blob), caller.now);
  note(tx, caller, place, repository->home,
       {.event = "",
        .action = "blob.delete",
        .subject = fmt::format("{}@{}", place.name.text(), digest.text()),
        .data = {{"digest", digest.text()}, {"size", size}},
        .removal = true});
  add_counts(tx, caller.now, place.space, repository->id, {.logical_bytes = -size});
  return {};
}

bool client_has(const StoredBlob& blob, const http::Call& call) {
  const auto known = call.request.headers.find("If-None-Match");
  return known && http::any_match(*known, *blob.fields.find("ETag"));
}

http::Response unchanged(const StoredBlob& blob) {
  return {.status = 304, .headers = blob.fields, .body = {}, .content_length = {}};
}

}  // namespace

http::Response get_blob(BlobReader& reader, blob::BlobStore& store, const http::Call& call) {
  const auto place = place_of(call);
  if (!place) return refusal(Caller::of(call), place.error());
  const auto digest = Digest::parse(call.param("digest"));
  if (!digest) return refusal(Caller::of(call), digest.error());
  const auto found = reader.find(*place, *digest);
  if (!found) return refusal(Caller::of(call), found.error());

  const auto& blob = **found;
  if (client_has(blob, call)) return unchanged(blob);
  if (call.request.method == http::Method::kHead) return describe_blob(blob);
  // A client that goes on after a break may say which bytes it has the start of (RFC 9110, 13.1.5).
  const auto& asked = call.request.headers;
  const auto condition = asked.find("If-Range");
  const bool same = !condition || *condition == *blob.fields.find("ETag");
  auto response = blob_body(store, blob, same ? asked.find("Range") : std::nullopt);
  if (response) return std::move(*response);
  if (response.error().fault == Fault::kUnavailable) reader.suspect(store, blob, call.now);
  return refusal(Caller::of(call), response.error());
}

std::optional<http::Response> recall_blob(BlobReader& reader, blob::BlobStore& store, const http::Call& call) {
  const auto place = place_of(call);
  const auto digest = Digest::parse(call.param("digest"));
  const auto blob = place && digest ? reader.recall(*place, *digest) : nullptr;
  if (!blob || call.request.headers.find("Range")) return std::nullopt;
  if (client_has(*blob, call)) return unchanged(*blob);
  if (call.request.method == http::Method::kHead) return describe_blob(*blob);
  return recall_body(store, *blob);
}

http::Response delete_blob(db::Database& database, ContentChanges& changes, const http::Call& call) {
  const auto caller = Caller::of(call);
  const auto place = place_of(call);
  if (!place) return refusal(caller, place.error());
  const auto digest = Digest::parse(call.param("digest"));
  if (!digest) return refusal(caller, digest.error());
  const auto deleted =
      database.write([&](db::Connection& tx) -> Result<void> { return unlink(tx, changes, caller, *place, *digest); });
  if (!deleted) return refusal(caller, deleted.error());
  auto response = http::Response::of(202);
  response.headers.set("Docker-Content-Digest", digest->text());
  return response;
}

}  // namespace berth::distribution
