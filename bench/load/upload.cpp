#include "upload.h"

#include <fmt/format.h>

#include <stdexcept>

namespace berth::load {
namespace {

constexpr std::string_view kBytes = "application/octet-stream";
constexpr std::string_view kImage = "application/vnd.oci.image.manifest.v1+json";

/// A Location may be absolute; what follows the authority is the path.
std::string path_of(const std::string& location) {
  if (location.empty()) throw std::runtime_error("an upload has no Location");
  const auto scheme = location.find("://");
  return scheme == std::string::npos ? location : location.substr(location.find('/', scheme + 3));
}

std::string closing(const std::string& path, std::string_view digest) {
  return fmt::format("{}{}digest={}", path, path.contains('?') ? '&' : '?', digest);
}

}  // namespace

Pusher::Pusher(EventLoop& loop, const Common& common, std::string repository, std::size_t client)
    : authority_(common.address.authority()),
      fields_(bearer(common.token(client))),
      repository_(std::move(repository)),
      connection_(loop, common.address) {}

Task<Answer> Pusher::send(std::string_view method, std::string path, Body body, int status) {
  std::uint64_t length = 0;
  for (const auto part : body.parts) length += part.size();
  auto fields = fmt::format("{}Content-Length: {}\r\n", fields_, length);
  if (!body.parts.empty()) fields += fmt::format("Content-Type: {}\r\n", body.media_type);
  const auto head = request_head(method, path, authority_, fields);
  const Request request{head, std::move(body.parts)};
  auto exchanging = connection_.exchange(request);
  auto answer = co_await exchanging;
  if (answer.head.status != status)
    throw std::runtime_error(fmt::format("{} {}: expected {}, got {}", method, path, status, answer.head.status));
  co_return answer;
}

Task<Done> Pusher::push_blob(const BlobSeries::Blob& blob, Upload upload) {
  auto starting = send("POST", fmt::format("/v2/{}/blobs/uploads/", repository_), {}, 202);
  const auto started = co_await starting;
  auto location = path_of(started.head.location);
  Body body{kBytes, {blob.shared, blob.tail}};
  if (upload == Upload::kPatch) {
    auto patching = send("PATCH", location, std::move(body), 202);
    const auto patched = co_await patching;
    location = path_of(patched.head.location);
    body = Body{};
  }
  auto ending = send("PUT", closing(location, blob.digest), std::move(body), 201);
  co_await ending;
  co_return Done{};
}

Task<Done> Pusher::push_manifest(std::string_view tag, std::string_view bytes) {
  Body body{kImage, {bytes}};
  auto putting = send("PUT", fmt::format("/v2/{}/manifests/{}", repository_, tag), std::move(body), 201);
  co_await putting;
  co_return Done{};
}

}  // namespace berth::load
