#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"

namespace berth {

/// A moment, to the millisecond, UTC. In the database: milliseconds since 1970 as a 64-bit integer.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

[[nodiscard]] inline std::int64_t to_millis(Time time) {
  return time.time_since_epoch().count();
}
[[nodiscard]] inline Time from_millis(std::int64_t millis) {
  return Time(Duration(millis));
}

/// RFC 3339, UTC, milliseconds: 2026-11-21T03:04:05.678Z
[[nodiscard]] std::string to_rfc3339(Time time);
/// Any RFC 3339 time; kInvalid otherwise.
[[nodiscard]] Result<Time> parse_rfc3339(std::string_view text);
/// RFC 9110 IMF-fixdate: Sat, 21 Nov 2026 03:04:05 GMT
[[nodiscard]] std::string to_http_date(Time time);

/// Where time comes from. Thread-safe; tests inject a ManualClock.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override;
};

/// For tests: stands still until told.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start = from_millis(1'790'000'000'000)) : millis_(to_millis(start)) {}
  [[nodiscard]] Time now() const override { return from_millis(millis_.load()); }
  void advance(Duration by) { millis_ += by.count(); }

 private:
  std::atomic<std::int64_t> millis_;
};

}  // namespace berth
