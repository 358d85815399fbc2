#include "distribution/tests/support/client.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace berth::distribution::testing {
namespace {

std::string read_all_of(http::Piece& piece) {
  if (auto* text = std::get_if<std::string>(&piece)) return std::move(*text);
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&piece)) return **shared;
  if (const auto* range = std::get_if<FileRange>(&piece)) return read_all(*range);
  std::string all;
  std::array<char, 4096> some{};
  for (auto& source = *std::get<std::unique_ptr<Source>>(piece);;) {
    const auto got = source.read(some);
    if (got == 0) return all;
    all.append(some.data(), got);
  }
}

std::vector<std::string> members_of_errors(const std::string& body, std::string_view key) {
  std::vector<std::string> members;
  const auto document = parse_json(body);
  const auto* errors = document ? find_array(*document, "errors") : nullptr;
  if (!errors) return members;
  for (const auto& error : *errors) members.emplace_back(find_string(error, key).value_or(""));
  return members;
}

std::string config_of(const std::string& seed) {
  return R"({"architecture":"amd64","os":"linux","seed":")" + seed + "\"}";
}

}  // namespace

std::vector<std::string> Answer::codes() const {
  return members_of_errors(body, "code");
}
std::vector<std::string> Answer::details() const {
  return members_of_errors(body, "detail");
}

std::vector<std::string> Answer::list(std::string_view key) const {
  std::vector<std::string> all;
  const auto document = parse_json(body);
  const auto* list = document ? find_array(*document, key) : nullptr;
  if (!list) throw std::runtime_error(fmt::format("no list \"{}\" in {}", key, body));
  for (const auto& entry : *list) all.emplace_back(entry.as_string());
  return all;
}

Answer take(http::Response response) {
  Answer answer{.status = response.status,
                .headers = std::move(response.headers),
                .body = {},
                .content_length = response.content_length};
  for (auto& piece : response.body) answer.body += read_all_of(piece);
  return answer;
}

http::Request Client::request(http::Method method, std::string target, Fields fields, std::string_view body) const {
  http::Request request;
  request.method = method;
  request.target = target;
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = http::Query::parse(target.substr(question + 1)).value();
  for (auto& [name, value] : fields) request.headers.add(name, std::move(value));
  request.headers.set("Test-Subject", key_);
  // A Content-Length unless the test says "Transfer-Encoding: chunked".
  if (!request.headers.find("Transfer-Encoding")) request.content_length = body.size();
  request.has_body = !body.empty();
  request.peer_address = "192.0.2.1";
  request.host = "registry.test";
  request.request_id = "test";
  return request;
}

http::Dispatch Client::begin(http::Method method, std::string target, Fields fields, std::string_view body) const {
  return core_->begin(request(method, std::move(target), std::move(fields), body));
}

Answer Client::send(http::Method method, std::string target, Fields fields, std::string body) const {
  auto asked = request(method, std::move(target), std::move(fields), body);
  if (auto known = core_->recall(asked)) return take(std::move(*known));
  auto dispatch = core_->begin(std::move(asked));
  if (auto* refused = std::get_if<http::Dispatch::Refused>(&dispatch.next)) return take(std::move(refused->response));
  if (auto* buffered = std::get_if<http::Dispatch::Buffered>(&dispatch.next)) {
    if (body.size() > buffered->limit) return take(core_->refuse(Error::of(Fault::kTooLarge, "too large"), "/v2/"));
    return take(buffered->run(std::move(body)));
  }
  auto& sink = *std::get<http::Dispatch::Streamed>(dispatch.next).sink;
  const std::size_t half = body.size() / 2;  // in two pieces, as a network would
  for (const auto piece : {std::string_view(body).substr(0, half), std::string_view(body).substr(half)}) {
    if (piece.empty()) continue;
    if (const auto written = sink.write(piece); !written) {
      auto answer = take(sink.refuse(written.error()));
      sink.abandon("refused");
      return answer;
    }
  }
  return take(sink.finish());
}

void Client::break_off(http::Method method, std::string target, std::string body) const {
  auto dispatch = begin(method, std::move(target), {{"Transfer-Encoding", "chunked"}}, body);
  auto& sink = *std::get<http::Dispatch::Streamed>(dispatch.next).sink;
  ASSERT_TRUE(sink.write(body));
  sink.abandon("the connection broke");
}

std::string Client::start_upload(const std::string& repository) const {
  const auto answer = post(fmt::format("/v2/{}/blobs/uploads/", repository));
  EXPECT_EQ(answer.status, 202) << answer.body;
  return answer.header("Location");
}

Digest Client::push_blob(const std::string& repository, const std::string& bytes) const {
  auto digest = Digest::of(bytes);
  const auto answer = put(fmt::format("{}?digest={}", start_upload(repository), digest.text()), bytes);
  EXPECT_EQ(answer.status, 201) << answer.body;
  return digest;
}

Answer Client::push_manifest(const std::string& repository, const std::string& reference, const std::string& bytes,
                             std::string_view type, Fields fields) const {
  if (!type.empty()) fields.emplace_back("Content-Type", type);
  return put(fmt::format("/v2/{}/manifests/{}", repository, reference), bytes, std::move(fields));
}

Digest Client::push_image(const std::string& repository, const std::string& reference, const std::string& seed) const {
  const auto config = config_of(seed);
  push_blob(repository, config);
  push_blob(repository, seed);
  const auto manifest = image({.config = config, .layers = {seed}, .more = {}});
  const auto answer = push_manifest(repository, reference, manifest);
  EXPECT_EQ(answer.status, 201) << answer.body;
  return Digest::of(manifest);
}

std::string descriptor(std::string_view type, const Digest& digest, std::size_t size, std::string_view more) {
  return fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}{}}})", type, digest.text(), size, more);
}

std::string image(const ImageText& text) {
  std::vector<std::string> layers;
  for (const auto& layer : text.layers)
    layers.push_back(descriptor("application/vnd.oci.image.layer.v1.tar", Digest::of(layer), layer.size()));
  return fmt::format(
      R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}]{}}})", kImageType,
      descriptor("application/vnd.oci.image.config.v1+json", Digest::of(text.config), text.config.size()),
      fmt::join(layers, ","), text.more);
}

std::string index_of(const std::vector<std::string>& descriptors, std::string_view more) {
  return fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":[{}]{}}})", kIndexType,
                     fmt::join(descriptors, ","), more);
}

}  // namespace berth::distribution::testing
