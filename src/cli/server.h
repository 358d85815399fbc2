#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "cli/http_client.h"

namespace berth::cli {

/// A request to the API, before it has an address: what requests are built into.
struct ApiRequest {
  Method method = Method::kGet;
  std::string path;  // "/api/v1/workspaces/retail", escaped
  std::vector<std::pair<std::string, std::string>> query;
  std::optional<json::object> body;
  std::string if_match;
};

/// A server's REST API, as one subject. What the server refuses becomes a Failure: kNotLoggedIn for 401, kRefused with
/// its message and subjects for the rest. One thread.
class Server {
 public:
  /// `authorization`: the header's value, "Bearer …"; empty: none.
  Server(std::string url, std::string authorization, HttpClient client)
      : url_(std::move(url)),
        authorization_(std::move(authorization)),
        client_(std::move(client)) {}

  /// The answer's document; null for 204.
  Outcome<json::value> send(const ApiRequest& request);
  /// The items of all pages, or the first `limit`; 0: all.
  Outcome<json::array> list(ApiRequest request, std::size_t limit = 0);
  /// The name of the registry that the server itself is.
  Outcome<std::string> embedded_registry();

  [[nodiscard]] const std::string& url() const { return url_; }
  /// From now on the same server as somebody else.
  void authorize(std::string authorization) { authorization_ = std::move(authorization); }

 private:
  Outcome<HttpReply> exchange(const ApiRequest& request);

  std::string url_;
  std::string authorization_;
  HttpClient client_;
  std::string embedded_;
};

[[nodiscard]] std::string basic_authorization(std::string_view login, std::string_view password);
/// `path` with its query.
[[nodiscard]] std::string target_of(const ApiRequest& request);
/// What an answer of 400 or more says; public for its test.
[[nodiscard]] Failure failure_of(const HttpReply& reply);
/// "</api/v1/users?cursor=x>; rel="next"" → the target, if it is one on the same server.
[[nodiscard]] std::optional<std::string> next_page(std::string_view link);

}  // namespace berth::cli
