#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.h"

namespace berth::cli {

struct HttpRequest {
  Method method = Method::kGet;
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::optional<std::string> body;
};

struct HttpReply {
  long status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;

  /// Empty when absent.
  [[nodiscard]] std::string_view header(std::string_view lower_name) const;
};

/// One server's connection, on libcurl: kept open between requests. Verifies certificates always; follows no redirects,
/// so that no credential reaches another host; reads at most 64 MiB. One thread.
class HttpClient {
 public:
  struct Settings {
    std::string ca_file;  // empty: the system's authorities
    int timeout_seconds = 60;
    std::string user_agent;
  };
  explicit HttpClient(Settings settings);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;

  /// kUnreachable when no whole answer came, with the reason in words.
  [[nodiscard]] Outcome<HttpReply> send(const HttpRequest& request);

 private:
  struct Handle;
  Settings settings_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace berth::cli
