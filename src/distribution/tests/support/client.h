#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "http/server_core.h"

namespace berth::distribution::testing {

/// A response as a client gets it: the pieces of the body read together.
struct Answer {
  int status = 0;
  http::Headers headers;
  std::string body;
  std::optional<std::uint64_t> content_length;

  [[nodiscard]] std::string header(std::string_view name) const { return std::string(headers.find(name).value_or("")); }
  /// The `code` of each error in the body.
  [[nodiscard]] std::vector<std::string> codes() const;
  [[nodiscard]] std::vector<std::string> details() const;
  /// A list of strings in a JSON body: "tags", "repositories".
  [[nodiscard]] std::vector<std::string> list(std::string_view key) const;
};
[[nodiscard]] Answer take(http::Response response);

using Fields = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::string_view kImageType = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kIndexType = "application/vnd.oci.image.index.v1+json";

/// One who asks, through the whole core: router, guard, handlers. No sockets; net/'s part of the contract is played
/// here, asking memory first included. Any number of clients on any number of threads.
class Client {
 public:
  /// `key` is how the fixture's authenticator knows the subject.
  Client(http::ServerCore& core, std::string key) : core_(&core), key_(std::move(key)) {}

  Answer send(http::Method method, std::string target, Fields fields = {}, std::string body = {}) const;
  Answer get(std::string target, Fields fields = {}) const {
    return send(http::Method::kGet, std::move(target), std::move(fields));
  }
  Answer head(std::string target) const { return send(http::Method::kHead, std::move(target)); }
  Answer remove(std::string target) const { return send(http::Method::kDelete, std::move(target)); }
  Answer post(std::string target, std::string body = {}) const {
    return send(http::Method::kPost, std::move(target), {}, std::move(body));
  }
  Answer put(std::string target, std::string body = {}, Fields fields = {}) const {
    return send(http::Method::kPut, std::move(target), std::move(fields), std::move(body));
  }
  Answer patch(std::string target, std::string body, Fields fields = {}) const {
    return send(http::Method::kPatch, std::move(target), std::move(fields), std::move(body));
  }

  /// Sends the head, then `body` without its end: the connection breaks.
  void break_off(http::Method method, std::string target, std::string body) const;
  /// The head alone: a sink to feed by hand.
  http::Dispatch begin(http::Method method, std::string target, Fields fields = {}, std::string_view body = {}) const;

  // The usual ways through, each expected to work (registry.md 1.3, 1).
  [[nodiscard]] std::string start_upload(const std::string& repository) const;
  Digest push_blob(const std::string& repository, const std::string& bytes) const;
  Answer push_manifest(const std::string& repository, const std::string& reference, const std::string& bytes,
                       std::string_view type = kImageType, Fields fields = {}) const;
  /// A config and one layer made of `seed`, and the manifest at `reference`. Gives its digest.
  Digest push_image(const std::string& repository, const std::string& reference, const std::string& seed) const;

 private:
  [[nodiscard]] http::Request request(http::Method method, std::string target, Fields fields,
                                      std::string_view body) const;

  http::ServerCore* core_;
  std::string key_;
};

/// An image manifest over a config and layers that were pushed as these bytes.
struct ImageText {
  std::string config;
  std::vector<std::string> layers;
  std::string more;  // further members: R"(,"artifactType":"a/b")"
};
[[nodiscard]] std::string image(const ImageText& text);
[[nodiscard]] std::string descriptor(std::string_view type, const Digest& digest, std::size_t size,
                                     std::string_view more = "");
[[nodiscard]] std::string index_of(const std::vector<std::string>& descriptors, std::string_view more = "");

}  // namespace berth::distribution::testing
