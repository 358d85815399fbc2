#include "distribution/upload_sink.h"

#include "base/log.h"
#include "distribution/locations.h"

namespace berth::distribution {

void tell_progress(http::Response& response, const Place& place, std::string_view id, std::int64_t received) {
  response.headers.set("Location", upload_location(place.name, id));
  // docker parses this with "%d-%d" and aborts the push on anything else; an empty upload must say 0-0 (spec#577).
  response.headers.set("Range", fmt::format("0-{}", std::max<std::int64_t>(received - 1, 0)));
  response.headers.set("Docker-Upload-UUID", std::string(id));
}

http::Response upload_accepted(const Place& place, std::string_view id, std::int64_t received) {
  auto response = http::Response::of(202);
  tell_progress(response, place, id, received);
  return response;
}

http::Response blob_created(const Place& place, const Digest& digest) {
  auto response = http::Response::of(201);
  response.headers.set("Location", blob_location(place.name, digest));
  response.headers.set("Docker-Content-Digest", digest.text());
  return response;
}

UploadSink::UploadSink(std::unique_ptr<OpenUpload> upload, Intent intent)
    : upload_(std::move(upload)),
      intent_(std::move(intent)) {
  if (intent_.closing) upload_->expect(*intent_.closing);
}

Result<void> UploadSink::write(std::string_view bytes) {
  const auto after = taken_ + static_cast<std::int64_t>(bytes.size());
  if (intent_.announced && after > *intent_.announced)
    return fail(Fault::kSizeInvalid, "the body is longer than its Content-Range says");
  if (auto appended = upload_->append(bytes); !appended) return appended;
  taken_ = after;
  return {};
}

Result<http::Response> UploadSink::complete() {
  const auto& place = upload_->place();
  if (intent_.announced && taken_ != *intent_.announced) {
    if (auto kept = upload_->suspend(); !kept) return fail(kept.error());
    return fail(Fault::kSizeInvalid, "the body is shorter than its Content-Range says");
  }
  if (intent_.closing) {
    if (auto done = upload_->finish(*intent_.closing); !done) return fail(done.error());
    return blob_created(place, *intent_.closing);
  }
  if (auto kept = upload_->suspend(); !kept) return fail(kept.error());
  return upload_accepted(place, upload_->id(), upload_->received());
}

http::Response UploadSink::finish() {
  auto completed = complete();
  auto response = completed ? std::move(*completed) : refusal(upload_->caller(), completed.error());
  upload_.reset();  // before the client has the answer: its next request must not find the upload busy
  return response;
}

void UploadSink::abandon(std::string_view why) {
  const auto& request = upload_->caller().actor.request_id;
  log::info("upload broke off", {{"request", request}, {"why", why}, {"received", upload_->received()}});
  // The bytes before the break are worth keeping; their loss is no new failure: the client starts further back.
  if (const auto kept = upload_->suspend(); !kept)
    log::warning("upload not kept", {{"request", request}, {"why", kept.error().message}});
  upload_.reset();
}

}  // namespace berth::distribution
