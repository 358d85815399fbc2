#pragma once

#include <mutex>
#include <string>
#include <thread>

namespace berth::cli::testing {

/// Hears requests on a port of its own, one after the other, each on a connection of its own, and gives each the same
/// answer: 200 and a document.
class FakeServer {
 public:
  explicit FakeServer(std::string document);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }
  /// "PATCH /api/v1/collection", the last one without its query; empty when there was none.
  [[nodiscard]] std::string last_request() const;

 private:
  void serve();
  void answer_one(int connection);

  const std::string document_;
  int listening_ = -1;
  std::string url_;
  mutable std::mutex guard_;
  std::string last_request_;
  std::thread thread_;
};

}  // namespace berth::cli::testing
