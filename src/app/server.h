#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "http/route.h"

namespace berth::app {

/// The composition root: everything that a running server consists of, built in order and taken down in reverse.
class Server {
 public:
  /// Serves when it returns. An Error is for the operator: a taken port, a locked data directory, a bad key file.
  /// Throws when the world is broken: the database or the disk cannot be used.
  static Result<std::unique_ptr<Server>> start(const Config& config);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Prints addresses, the generated administrator password (first start only) and what to type next; then writes
  /// server.json, so that who waits for that file finds the words.
  void announce();
  Result<void> reload_certificates();

  /// A line of the route table, without its handler.
  struct RouteLine {
    http::Method method;
    std::string pattern;
    http::Permission permission;
  };
  /// Every route that start() would serve, for the test that holds api/openapi.yaml against it. Opens the data
  /// directory of `config`, and no network. Errors as those of start().
  static Result<std::vector<RouteLine>> route_table(const Config& config);

  /// Lets requests in flight finish, for as long as the configuration allows.
  void stop();

 private:
  struct Parts;
  static Result<std::unique_ptr<Parts>> prepare(const Config& config);
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace berth::app
