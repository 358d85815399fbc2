#include "distribution/blob_body.h"
#include "distribution/byte_ranges.h"
#include "fuzz_support.h"

using namespace berth;
using fuzz::require;

namespace {

constexpr std::string_view kBlob = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A piece of a string that is read bit by bit.
class Slice final : public Source {
 public:
  explicit Slice(std::string_view text) : left_(text) {}
  std::size_t read(std::span<char> into) override {
    const auto got = std::min({left_.size(), into.size(), std::size_t{7}});
    left_.copy(into.data(), got);
    left_.remove_prefix(got);
    return got;
  }

 private:
  std::string_view left_;
};

/// One blob in memory; the rest of the interface is not asked.
class OneBlob final : public blob::BlobStore {
 public:
  Result<blob::Content> read(const blob::ObjectName&, std::uint64_t offset, std::uint64_t length) override {
    require(length > 0 && offset < kBlob.size() && length <= kBlob.size() - offset);
    return std::unique_ptr<Source>(std::make_unique<Slice>(kBlob.substr(offset, length)));
  }
  Result<std::unique_ptr<blob::UploadSession>> begin(std::string_view) override { std::abort(); }
  Result<std::unique_ptr<blob::UploadSession>> resume(std::string_view, const blob::SessionState&) override {
    std::abort();
  }
  void discard(std::string_view, const blob::SessionState&) override { std::abort(); }
  std::optional<std::uint64_t> size(const blob::ObjectName&) override { std::abort(); }
  void remove(const blob::ObjectName&) override { std::abort(); }
  std::vector<Leftover> leftovers() override { std::abort(); }
  Part list(std::size_t) override { std::abort(); }
  void check_health() override { std::abort(); }
};

std::string body_of(http::Response& response) {
  std::string body;
  for (auto& piece : response.body) {
    if (const auto* text = std::get_if<std::string>(&piece)) body += *text;
    if (auto* source = std::get_if<std::unique_ptr<Source>>(&piece)) {
      std::array<char, 16> buffer{};
      while (const auto got = (*source)->read(buffer)) body.append(buffer.data(), got);
    }
  }
  return body;
}

/// What stands between "bytes " and "/": two numbers.
distribution::ByteRange range_of(std::string_view content_range) {
  require(content_range.starts_with("bytes ") && content_range.ends_with(fmt::format("/{}", kBlob.size())));
  const auto range = distribution::parse_chunk_range(content_range.substr(6, content_range.find('/') - 6)).value();
  return {.offset = static_cast<std::uint64_t>(range.first),
          .length = static_cast<std::uint64_t>(range.last - range.first + 1)};
}

std::string_view take(std::string_view& rest, std::string_view until) {
  const auto at = rest.find(until);
  require(at != std::string_view::npos);
  const auto taken = rest.substr(0, at);
  rest.remove_prefix(at + until.size());
  return taken;
}

/// Reads the parts as a client does (RFC 2046, 5.1.1); each holds the bytes that its Content-Range names.
std::size_t check_parts(std::string_view body, std::string_view boundary) {
  const auto delimiter = fmt::format("--{}", boundary);
  require(body.starts_with(delimiter));
  body.remove_prefix(delimiter.size());
  std::size_t parts = 0;
  for (; !body.starts_with("--"); ++parts) {
    take(body, "\r\nContent-Range: ");
    const auto range = range_of(take(body, "\r\n\r\n"));
    require(take(body, "\r\n" + delimiter) == kBlob.substr(range.offset, range.length));
  }
  require(body == "--\r\n");
  return parts;
}

void check(http::Response response) {
  const auto body = body_of(response);
  if (response.status == 416) return;
  require(response.content_length == body.size());
  const auto type = std::string(response.headers.find("Content-Type").value_or(""));
  constexpr std::string_view kMultipart = "multipart/byteranges; boundary=";
  if (response.status == 200) {
    require(body == kBlob);
  } else if (type.starts_with(kMultipart)) {
    const auto parts = check_parts(body, std::string_view(type).substr(kMultipart.size()));
    require(response.status == 206 && parts > 1 && parts <= distribution::kMaxByteRanges);
  } else {
    const auto range = range_of(response.headers.find("Content-Range").value());
    require(response.status == 206 && body == kBlob.substr(range.offset, range.length));
  }
}

}  // namespace

/// A Range header on a blob of 62 bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  OneBlob store;
  const distribution::StoredBlob blob{
      .repository = {}, .name = {.digest = Digest::of(kBlob)}, .size = kBlob.size(), .fields = {}};
  auto response = distribution::blob_body(store, blob, fuzz::text_of(data, size));
  if (response) check(std::move(*response));
  return 0;
}
