#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "identity/client_address.h"

namespace berth::identity {

/// The checks of passwords that are wanted now, and how many requests wait for them. Equal ones are one check with one
/// answer, so that a crowd with the same password costs what one of them does.
///
/// Bounded: whoever finds too many waiting is refused at once. Thread-safe; outlives what it gave.
class PendingChecks {
 public:
  struct Check {
    std::mutex turn;              // held by who finds out
    std::optional<bool> matched;  // under `turn`
  };
  using CheckPtr = std::shared_ptr<Check>;

  struct Limits {
    std::size_t address = 16;     // different checks at a time of one ClientAddress::own
    std::size_t network = 64;     // of one ClientAddress::network
    std::size_t strangers = 192;  // requests in all, from addresses that are not known for their login
    std::size_t all = 256;        // requests in all
  };
  explicit PendingChecks(const Limits& limits) : limits_(limits) {}

  enum class From : bool { kStranger, kKnown };
  /// A place for one request, until it is let go: it keeps the check's answer at hand. kTooManyRequests where its
  /// address has enough other checks pending (a known one may have any number); kUnavailable where all places are
  /// taken.
  [[nodiscard]] Result<std::shared_ptr<void>> wait(const std::string& key, const ClientAddress& address, From from);
  /// The check, for who is about to find out, or waits for who does; pending as long as somebody holds it.
  [[nodiscard]] CheckPtr join(const std::string& key);
  [[nodiscard]] bool pending(const std::string& key) const;

  /// Requests that wait.
  [[nodiscard]] std::size_t size() const;

 private:
  class Place;
  using Keys = std::unordered_map<std::string, std::size_t>;  // how many requests for each

  CheckPtr join_locked(const std::string& key);
  [[nodiscard]] bool has_room(const std::string& of, const std::string& key, std::size_t limit) const;
  void leave(const Place& place);

  const Limits limits_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<Check>> checks_;
  std::unordered_map<std::string, Keys> addresses_;  // networks, too
  std::size_t waiting_ = 0;
};

}  // namespace berth::identity
