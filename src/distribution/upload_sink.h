#pragma once

#include <memory>
#include <optional>

#include "distribution/open_upload.h"
#include "http/message.h"

namespace berth::distribution {

/// 202 with where the upload stands: Location, Range and Docker-Upload-UUID, as docker wants them.
[[nodiscard]] http::Response upload_accepted(const Place& place, std::string_view id, std::int64_t received);
/// Location, Range and Docker-Upload-UUID of an upload, onto any response.
void tell_progress(http::Response& response, const Place& place, std::string_view id, std::int64_t received);
/// 201 for a blob that exists in the repository now.
[[nodiscard]] http::Response blob_created(const Place& place, const Digest& digest);

/// Takes the body of a PATCH, of the closing PUT, or of a POST that pushes at once. A body that breaks off leaves what
/// came of it: the client asks for the upload's state and goes on from there.
class UploadSink final : public http::BodySink {
 public:
  struct Intent {
    std::optional<Digest> closing;          // the body completes the blob of this digest
    std::optional<std::int64_t> announced;  // how many bytes Content-Range says
  };
  UploadSink(std::unique_ptr<OpenUpload> upload, Intent intent);

  Result<void> write(std::string_view bytes) override;
  http::Response finish() override;
  void abandon(std::string_view why) override;

 private:
  [[nodiscard]] Result<http::Response> complete();

  std::unique_ptr<OpenUpload> upload_;
  Intent intent_;
  std::int64_t taken_ = 0;
};

}  // namespace berth::distribution
