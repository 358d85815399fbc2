#pragma once

#include <random>

#include "access/decider.h"
#include "access/tests/support/world.h"

namespace berth::access::testing {

/// Worlds and questions by chance: small, crowded, and with every state that a row can be in, also states that the
/// handlers would refuse (a binding of a workspace's own registry, an owner elsewhere).
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed) {}

  World world();
  Subject subject(const World& world);
  Action action();
  /// Mostly of the kind that the action is about; now and then one that does not exist, or of another kind.
  Target target(const World& world, Action action);

  static constexpr Time kNow = Time(Duration(1'790'000'000'000));

 private:
  std::int64_t up_to(std::int64_t most) { return std::uniform_int_distribution<std::int64_t>(0, most)(engine_); }
  bool once_in(std::int64_t n) { return up_to(n - 1) == 0; }
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all.at(static_cast<std::size_t>(up_to(std::ssize(all) - 1)));
  }
  template <class Rows>
  auto id_of(const Rows& rows) {
    using IdType = decltype(rows.front().id);
    return rows.empty() || once_in(25) ? IdType(9'999) : one_of(rows).id;
  }

  void people(World& world);
  void registries(World& world);
  void credentials(World& world);
  Grants grants(const World& world);
  Verbs verbs() { return {.pull = up_to(2) > 0, .push = once_in(2), .remove = once_in(2)}; }
  std::optional<Time> expiry();
  std::optional<WorkspaceId> maybe_workspace(const World& world);
  RepositoryPath path() { return RepositoryPath::trusted(once_in(2) ? "web" : "app/api"); }
  std::optional<RepositoryTarget> repository(const World& world);
  Scope scope(const World& world);

  std::mt19937_64 engine_;
};

}  // namespace berth::access::testing
