#include "distribution/blobs.h"

#include "distribution/blob_body.h"
#include "distribution/changes.h"
#include "distribution/repositories.h"
#include "http/conditional.h"

namespace berth::distribution {
namespace {

Result<void> unlink(db::Connection& tx, const Caller& caller, const Place& place, const Digest& digest) {
  const auto repository = open_for_delete(tx, caller, place);
  if (!repository) return fail(repository.error());
  const auto in_use = tx.one<std::int64_t>(
      "SELECT manifest_id FROM manifest_references "
      "WHERE repository_id = :repository AND digest = :digest AND kind <> 'child' LIMIT 1",
      repository->id, digest);
  const auto linked =
      tx.one<std::int64_t>("SELECT size FROM repository_blobs WHERE repository_id = :repository AND digest = :digest",
                           repository->id, digest);
  if (!linked) return fail(Fault::kBlobUnknown, "the blob is not known to this repository");
  if (in_use) return fail(Fault::kBlobInUse, "a manifest in this repository refers to the blob");
  tx.execute("DELETE FROM repository_blobs WHERE repository_id = :repository AND digest = :digest", repository->id,
             digest);
  const auto size = std::get<0>(*linked);
  note(tx, caller, place, repository->home,
       {.event = "",
        .action = "blob.delete",
        .subject = fmt::format("{}@{}", place.name.text(), digest.text()),
        .data = {{"digest", digest.text()}, {"size", size}},
        .removal = true});
  add_counts(tx, caller.now, place, repository->id, {.logical_bytes = -size});
  return {};
}

http::Headers fields_of(const Digest& digest) {
  http::Headers headers;
  headers.set("Docker-Content-Digest", digest.text());
  headers.set("ETag", fmt::format("\"{}\"", digest.text()));
  // A digest never names other bytes; but who may read them is decided at each request, so no shared cache keeps them.
  headers.set("Cache-Control", "private, max-age=31536000, immutable");
  headers.set("Accept-Ranges", "bytes");
  return headers;
}

}  // namespace

http::Response get_blob(BlobReader& reader, blob::BlobStore& store, const http::Call& call) {
  const auto caller = Caller::of(call);
  const auto place = place_of(call);
  if (!place) return refusal(caller, place.error());
  const auto digest = Digest::parse(call.param("digest"));
  if (!digest) return refusal(caller, digest.error());
  const auto blob = reader.find(*place, *digest);
  if (!blob) return refusal(caller, blob.error());

  auto headers = fields_of(*digest);
  const auto& asked = call.request.headers;
  if (const auto known = asked.find("If-None-Match"); known && http::any_match(*known, *headers.find("ETag")))
    return {.status = 304, .headers = std::move(headers), .body = {}, .content_length = {}};
  if (call.request.method == http::Method::kHead) return describe_blob(*blob, std::move(headers));
  // A client that goes on after a break may say which bytes it has the start of (RFC 9110, 13.1.5).
  const auto condition = asked.find("If-Range");
  const bool same = !condition || *condition == *headers.find("ETag");
  auto response = blob_body(store, *blob, same ? asked.find("Range") : std::nullopt, std::move(headers));
  if (response) return std::move(*response);
  if (response.error().fault == Fault::kUnavailable) reader.suspect(store, *blob, caller.now);
  return refusal(caller, response.error());
}

http::Response delete_blob(db::Database& database, const http::Call& call) {
  const auto caller = Caller::of(call);
  const auto place = place_of(call);
  if (!place) return refusal(caller, place.error());
  const auto digest = Digest::parse(call.param("digest"));
  if (!digest) return refusal(caller, digest.error());
  const auto deleted =
      database.write([&](db::Connection& tx) -> Result<void> { return unlink(tx, caller, *place, *digest); });
  if (!deleted) return refusal(caller, deleted.error());
  auto response = http::Response::of(202);
  response.headers.set("Docker-Content-Digest", digest->text());
  return response;
}

}  // namespace berth::distribution
