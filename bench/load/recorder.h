#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace berth::load {

using Clock = std::chrono::steady_clock;

/// Counts what was finished and how long each took. `report()` is the load's whole output.
class Recorder {
 public:
  void start();
  void finished(Clock::time_point since, std::uint64_t bytes);
  void stop();

  [[nodiscard]] std::uint64_t count() const { return nanoseconds_.size(); }
  [[nodiscard]] Clock::time_point started() const { return started_; }
  /// A JSON object: count, seconds, rate, bytes, bytes_per_second, latency_ms (p50, p90, p99, max) and the processor
  /// seconds of the load itself.
  [[nodiscard]] std::string report() const;

 private:
  Clock::time_point started_;
  Clock::time_point stopped_;
  double processor_at_start_ = 0;
  std::uint64_t bytes_ = 0;
  std::vector<std::uint64_t> nanoseconds_;
};

}  // namespace berth::load
