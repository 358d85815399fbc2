#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace berth::net {

/// What came back for one request, as bytes on the wire said it.
struct RawResponse {
  int status = 0;
  std::string head;                            // the status line and all fields
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // chunks joined

  [[nodiscard]] std::string header(const std::string& lower_case_name) const {
    const auto found = headers.find(lower_case_name);
    return found == headers.end() ? "" : found->second;
  }
};

/// A blocking client that sends what it is told, byte by byte, right or wrong. Every wait ends after ten seconds.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, const char* address = "127.0.0.1");
  virtual ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False when the server has gone.
  bool send(std::string_view bytes);
  /// One whole response; `head_only` after HEAD. nullopt when the connection ends first.
  std::optional<RawResponse> receive(bool head_only = false);
  std::optional<RawResponse> ask(std::string_view request, bool head_only = false);
  /// True when the server ends the connection without another byte.
  bool closed();
  /// All bytes up to the end.
  std::string rest();
  void end_sending();
  /// Closes with a reset, as a client that crashes.
  void vanish();
  [[nodiscard]] int socket() const { return socket_; }

 protected:
  virtual long write_some(std::string_view bytes);
  virtual long read_some(char* into, std::size_t size);

 private:
  bool read_more();
  std::optional<std::string> line();
  std::optional<std::string> exactly(std::size_t size);
  bool read_body(RawResponse& response);
  bool read_chunks(RawResponse& response);

  int socket_;
  std::string buffer_;
};

}  // namespace berth::net
