#pragma once

#include <filesystem>

#include "net/server.h"
#include "net/tests/fake_core.h"
#include "net/tests/raw_client.h"

namespace berth::net {

/// A server on 127.0.0.1, with what it stands on. Change `settings` and `core` before start().
class ServerTest : public testing::Test {
 protected:
  ServerTest() { settings.listeners.push_back({.address = "127.0.0.1", .port = 0, .tls = {}}); }

  void start() {
    settings.threads = 2;
    auto opened = Server::open(settings, core, api, fs, logins, registry);
    ASSERT_TRUE(opened) << opened.error().message;
    server = std::move(*opened);
    server->start();
  }
  [[nodiscard]] std::uint16_t port() const { return server->ports().front(); }

  Settings settings;
  FakeCore core;
  prometheus::Registry registry;
  WorkerPool api{"api", 2, 64};
  WorkerPool fs{"fs", 2, 64};
  WorkerPool logins{"logins", 1, 8};
  std::unique_ptr<Server> server;
};

/// A directory that goes away with the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// A file in it, open for reading.
  [[nodiscard]] std::shared_ptr<const File> file(const std::string& name, std::string_view bytes) const;

 private:
  std::filesystem::path path_;
};

/// Bytes that repeat nowhere near: an offset that is off by one shows.
[[nodiscard]] std::string pattern(std::size_t size);

/// Descriptors that this process has open.
[[nodiscard]] std::size_t open_descriptors();

[[nodiscard]] inline std::string get(std::string_view path, std::string_view more = "") {
  return fmt::format("GET {} HTTP/1.1\r\nHost: here\r\n{}\r\n", path, more);
}

}  // namespace berth::net
