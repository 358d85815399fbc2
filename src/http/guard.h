#pragma once

#include <functional>
#include <optional>

#include "access/decider.h"
#include "http/route.h"
#include "http/surface.h"

namespace berth::http {

/// Whose a repository is: only distribution knows. Asked for push and delete alone. Any thread; may throw db::Failure.
using RepositoryLookup = std::function<access::RepositoryTarget(SpaceId, const RepositoryPath&)>;

/// Turns a route's permission and the path's parameters into a target of the access rule, and asks it. Any thread.
///
/// Existence is never revealed: a name that is unknown and a thing that the asker may not even see get one answer (404;
/// anonymous on /v2: 401). What they may see but not change is 403.
class Guard {
 public:
  explicit Guard(RepositoryLookup repositories) : repositories_(std::move(repositories)) {}

  /// Throws std::logic_error when the pattern lacks a parameter that the permission needs, or when the permission has
  /// no meaning there: at start, not at the first request.
  static void check_route(const Route& route);

  struct Refusal {
    Error error;
    /// A token was there and its scope is too small for what its subject might do: challenge again (RFC 6750, 3.1).
    bool insufficient_scope = false;
  };
  /// nullopt: go on. `call` has its path, subject and snapshot.
  [[nodiscard]] std::optional<Refusal> check(const Permission& permission, Surface surface, const Call& call) const;

 private:
  [[nodiscard]] std::optional<Refusal> check_rest(const Permission& permission, const Call& call) const;
  [[nodiscard]] std::optional<Refusal> check_registry(const Permission& permission, const Call& call) const;
  [[nodiscard]] std::optional<Refusal> check_repository(access::Action action, const Call& call) const;
  [[nodiscard]] std::optional<access::Target> resolve(const Permission& permission, const Call& call) const;
  [[nodiscard]] access::SpaceTarget target_in(const Call& call, SpaceId space, const RepositoryPath& path,
                                              access::Action action) const;

  RepositoryLookup repositories_;
};

}  // namespace berth::http
