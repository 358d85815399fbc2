#include "distribution/blob_body.h"

#include "base/random.h"
#include "distribution/byte_ranges.h"
#include "http/errors.h"

namespace berth::distribution {
namespace {

constexpr std::string_view kContentType = "application/octet-stream";

http::Response answer(int status, http::Headers headers) {
  return {.status = status, .headers = std::move(headers), .body = {}, .content_length = {}};
}

Result<blob::Content> read(blob::BlobStore& store, const StoredBlob& blob, const ByteRange& range) {
  auto content = store.read(blob.name, range.offset, range.length);
  // A row without its object is our loss, not a digest that the client made up.
  if (!content && content.error().fault == Fault::kBlobUnknown)
    return fail(Error::unavailable(
        "the blob's bytes cannot be read now",
        fmt::format("the store has no object {} generation {}", blob.name.digest.text(), blob.name.generation)));
  return content;
}

void add_piece(http::Response& response, blob::Content content) {
  if (auto* file = std::get_if<FileRange>(&content))
    response.body.emplace_back(std::move(*file));
  else
    response.body.emplace_back(std::move(std::get<std::unique_ptr<Source>>(content)));
}

/// The client takes it from there with the same Range. Headers about the bytes are for the other place to say.
http::Response redirect(const blob::Redirect& elsewhere, const StoredBlob& blob) {
  http::Headers headers;
  headers.set("Location", elsewhere.url);
  headers.set("Docker-Content-Digest", blob.name.digest.text());
  headers.set("Cache-Control", "no-store");  // the URL is signed for a while only
  return answer(307, std::move(headers));
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
  return fmt::format("bytes {}-{}/{}", range.offset, range.offset + range.length - 1, size);
}

Result<http::Response> one(blob::BlobStore& store, const StoredBlob& blob, const ByteRange& range, int status,
                           http::Headers headers) {
  headers.set("Content-Type", std::string(kContentType));
  auto response = answer(status, std::move(headers));
  response.content_length = range.length;
  if (range.length == 0) return response;
  auto content = read(store, blob, range);
  if (!content) return fail(std::move(content.error()));
  if (const auto* elsewhere = std::get_if<blob::Redirect>(&*content)) return redirect(*elsewhere, blob);
  add_piece(response, std::move(*content));
  return response;
}

Result<http::Response> several(blob::BlobStore& store, const StoredBlob& blob, std::span<const ByteRange> ranges,
                               http::Headers headers) {
  const auto boundary = random_hex(16);
  headers.set("Content-Type", fmt::format("multipart/byteranges; boundary={}", boundary));
  auto response = answer(206, std::move(headers));
  std::uint64_t length = 0;
  const auto add_text = [&](std::string text) {
    length += text.size();
    response.body.emplace_back(std::move(text));
  };
  for (const auto& range : ranges) {
    auto content = read(store, blob, range);
    if (!content) return fail(std::move(content.error()));
    if (const auto* elsewhere = std::get_if<blob::Redirect>(&*content)) return redirect(*elsewhere, blob);
    add_text(fmt::format("{}--{}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n", length == 0 ? "" : "\r\n", boundary,
                         kContentType, content_range(range, blob.size)));
    add_piece(response, std::move(*content));
    length += range.length;
  }
  add_text(fmt::format("\r\n--{}--\r\n", boundary));
  response.content_length = length;
  return response;
}

http::Response unsatisfiable(const StoredBlob& blob) {
  auto response = http::oci_error(Error::of(Fault::kRange, "the blob has no such bytes"));
  response.headers.set("Content-Range", fmt::format("bytes */{}", blob.size));
  response.headers.set("Docker-Content-Digest", blob.name.digest.text());
  return response;
}

}  // namespace

http::Response describe_blob(const StoredBlob& blob) {
  auto response = answer(200, blob.fields);
  response.headers.add("Content-Type", kContentType);
  response.content_length = blob.size;
  return response;
}

Result<http::Response> blob_body(blob::BlobStore& store, const StoredBlob& blob,
                                 std::optional<std::string_view> range) {
  auto headers = blob.fields;
  const auto asked = parse_range(range, blob.size);
  if (std::holds_alternative<UnsatisfiableRange>(asked)) return unsatisfiable(blob);
  if (std::holds_alternative<TooManyRanges>(asked)) return fail(Fault::kInvalid, "too many ranges in one request");
  const auto* ranges = std::get_if<std::vector<ByteRange>>(&asked);
  if (!ranges) return one(store, blob, {0, blob.size}, 200, std::move(headers));
  if (ranges->size() > 1) return several(store, blob, *ranges, std::move(headers));
  headers.set("Content-Range", content_range(ranges->front(), blob.size));
  return one(store, blob, ranges->front(), 206, std::move(headers));
}

std::optional<http::Response> recall_body(blob::BlobStore& store, const StoredBlob& blob) {
  if (blob.size == 0) return std::nullopt;
  auto file = store.recall(blob.name, 0, blob.size);
  if (!file) return std::nullopt;
  auto response = describe_blob(blob);
  response.body.emplace_back(std::move(*file));
  return response;
}

}  // namespace berth::distribution
