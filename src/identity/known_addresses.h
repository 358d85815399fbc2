#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"

namespace berth::identity {

/// From where each login succeeded lately: the few newest addresses (ClientAddress::own) of each, for a month.
///
/// Only a right password adds to it, so that strangers cannot fill it. In memory, bounded: a restart forgets it all.
/// Thread-safe.
class KnownAddresses {
 public:
  /// `logins`: the most that are remembered; beyond it, of a handful, the one that was here longest ago goes.
  explicit KnownAddresses(std::size_t logins) : most_(logins) {}

  static constexpr std::size_t kPerLogin = 8;
  static constexpr Duration kFor = std::chrono::days(30);

  [[nodiscard]] bool knows(std::string_view login, std::string_view address, Time now) const;
  void succeeded(std::string_view login, std::string_view address, Time now);

  /// Logins that are remembered.
  [[nodiscard]] std::size_t size() const;

 private:
  struct Seen {
    std::string address;
    Time last;
  };
  using Entries = std::unordered_map<std::string, std::vector<Seen>>;  // the newest is the last
  void make_room();

  const std::size_t most_;
  mutable std::mutex mutex_;
  Entries entries_;
};

}  // namespace berth::identity
