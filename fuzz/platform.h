#pragma once

#include <prometheus/registry.h>

#include "fuzz/scratch.h"
#include "http/core.h"
#include "identity/identity.h"
#include "tenancy/routes.h"

namespace berth::fuzz {

/// A whole server without sockets and without a registry: the real core over the routes of identity and tenancy, SQLite
/// in memory, a clock that stands still. Everybody is the administrator, and the platform has one of each thing.
class Platform {
 public:
  Platform();

  /// The answer to a request, as net/ would get it.
  http::Response send(http::Request request, std::string body);
  /// The routes that take a body, in their table's order: the method, and a path to something that exists.
  struct Target {
    http::Method method;
    std::string path;
  };
  [[nodiscard]] const std::vector<Target>& targets() const { return targets_; }
  [[nodiscard]] access::SnapshotPtr snapshot() const { return snapshots_.current(); }
  [[nodiscard]] identity::Identity& identity() { return identity_; }
  [[nodiscard]] Time now() const { return clock_.now(); }

 private:
  http::Routes routes();

  Scratch scratch_;
  ManualClock clock_;
  std::unique_ptr<db::Database> database_ = db::open({.url = "file:" + scratch_.path() + "/berth.db"});
  state::SnapshotStore snapshots_{*database_};
  SecretBox box_{std::string(32, 'k')};
  identity::Identity identity_;
  tenancy::Tenancy tenancy_;
  prometheus::Registry metrics_;
  std::vector<Target> targets_;
  std::optional<UserId> administrator_;
  std::optional<http::Core> core_;
};

}  // namespace berth::fuzz
