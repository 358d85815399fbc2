#include "distribution/uploads.h"

#include "distribution/byte_ranges.h"
#include "distribution/upload_sink.h"

namespace berth::distribution {
namespace {

StreamAnswer answer(const Caller& caller, const Error& error) {
  return refusal(caller, error);
}

StreamAnswer push_at_once(UploadSessions& uploads, const Caller& caller, const Place& place, std::string_view text) {
  const auto digest = Digest::parse(text);
  if (!digest) return answer(caller, digest.error());
  auto upload = uploads.single(caller, place, *digest);
  if (!upload) return answer(caller, upload.error());
  return std::make_unique<UploadSink>(std::move(*upload),
                                      UploadSink::Intent{.closing = *digest, .announced = std::nullopt});
}

/// The answer when the mount was done, or may not be; nullopt when the client must upload.
std::optional<StreamAnswer> try_mount(Mounts& mounts, const Caller& caller, const Place& place,
                                      const http::Query& query) {
  const auto text = query.find("mount");
  const auto digest = text ? Digest::parse(*text) : fail(Fault::kDigestInvalid, "");
  if (!digest) return std::nullopt;
  const auto mounted = mounts.mount(caller, place, *digest, query.find("from"));
  if (!mounted) return answer(caller, mounted.error());
  if (!*mounted) return std::nullopt;
  return blob_created(place, *digest);
}

/// 416 with where to go on: regclient resumes from it without asking again (registry.md 1.3, 4).
http::Response out_of_order(const OpenUpload& upload) {
  auto response =
      refusal(upload.caller(), Error::of(Fault::kUploadRange, "the chunk must start where the upload ends"));
  tell_progress(response, upload.place(), upload.id(), upload.received());
  return response;
}

/// The bytes that Content-Range announces, or the refusal; nullopt without the header.
std::expected<std::optional<std::int64_t>, http::Response> announced(const http::Request& request,
                                                                     const OpenUpload& upload) {
  const auto header = request.headers.find("Content-Range");
  if (!header) return std::nullopt;
  const auto range = parse_chunk_range(*header);
  if (!range || range->first != upload.received()) return std::unexpected(out_of_order(upload));
  const auto length = range->last - range->first + 1;
  if (request.content_length && *request.content_length != static_cast<std::uint64_t>(length))
    return std::unexpected(
        refusal(upload.caller(), Error::of(Fault::kSizeInvalid, "Content-Length and Content-Range disagree")));
  return length;
}

StreamAnswer take_body(UploadSessions& uploads, const http::Call& call, std::optional<Digest> closing) {
  const auto caller = Caller::of(call);
  const auto place = place_of(call);
  if (!place) return answer(caller, place.error());
  auto upload = uploads.open(caller, *place, call.param("upload"));
  if (!upload) return answer(caller, upload.error());
  auto length = announced(call.request, **upload);
  if (!length) return std::move(length.error());
  return std::make_unique<UploadSink>(std::move(*upload),
                                      UploadSink::Intent{.closing = std::move(closing), .announced = *length});
}

}  // namespace

StreamAnswer start_upload(UploadSessions& uploads, Mounts& mounts, const http::Call& call) {
  const auto caller = Caller::of(call);
  const auto place = place_of(call);
  if (!place) return answer(caller, place.error());
  const auto& query = call.request.query;
  // `from` without `mount` is an ordinary upload (registry.md 1.3, 14).
  if (auto mounted = try_mount(mounts, caller, *place, query)) return std::move(*mounted);
  if (const auto digest = query.find("digest")) return push_at_once(uploads, caller, *place, *digest);
  const auto algorithm = parse_digest_algorithm(query.find("digest-algorithm").value_or("sha256"));
  if (!algorithm) return answer(caller, algorithm.error());
  const auto upload = uploads.start(caller, *place, *algorithm);
  if (!upload) return answer(caller, upload.error());
  return upload_accepted(*place, upload->id, upload->received);
}

StreamAnswer append_to_upload(UploadSessions& uploads, const http::Call& call) {
  return take_body(uploads, call, std::nullopt);
}

StreamAnswer close_upload(UploadSessions& uploads, const http::Call& call) {
  const auto text = call.request.query.find("digest");
  const auto digest = text ? Digest::parse(*text) : fail(Fault::kDigestInvalid, "name the blob's digest: ?digest=…");
  if (!digest) return answer(Caller::of(call), digest.error());
  return take_body(uploads, call, *digest);
}

http::Response upload_status(UploadSessions& uploads, const http::Call& call) {
  const auto caller = Caller::of(call);
  const auto place = place_of(call);
  if (!place) return refusal(caller, place.error());
  const auto status = uploads.status(caller, *place, call.param("upload"));
  if (!status) return refusal(caller, status.error());
  auto response = http::Response::of(204);
  tell_progress(response, *place, status->id, status->received);
  return response;
}

http::Response cancel_upload(UploadSessions& uploads, const http::Call& call) {
  const auto caller = Caller::of(call);
  const auto place = place_of(call);
  if (!place) return refusal(caller, place.error());
  if (auto cancelled = uploads.cancel(caller, *place, call.param("upload")); !cancelled)
    return refusal(caller, cancelled.error());
  return http::Response::of(204);
}

}  // namespace berth::distribution
