#pragma once

#include <memory>

#include "app/config.h"

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

  /// Prints addresses, the generated administrator password (first start only) and what to type next.
  void greet() const;
  Result<void> reload_certificates();
  /// Lets requests in flight finish, for as long as the configuration allows.
  void stop();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace berth::app
