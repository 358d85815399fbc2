#include "recorder.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>

namespace berth::load {
namespace {

double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Nearest rank, in milliseconds.
double percentile(const std::vector<std::uint64_t>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return static_cast<double>(sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1]) / 1e6;
}

}  // namespace

void Recorder::start() {
  nanoseconds_.reserve(1U << 20);
  processor_at_start_ = processor_seconds();
  started_ = Clock::now();
}

void Recorder::finished(Clock::time_point since, std::uint64_t bytes) {
  bytes_ += bytes;
  const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - since);
  nanoseconds_.push_back(static_cast<std::uint64_t>(took.count()));
}

void Recorder::stop() {
  stopped_ = Clock::now();
}

std::string Recorder::report() const {
  auto sorted = nanoseconds_;
  std::ranges::sort(sorted);
  const auto seconds = std::chrono::duration<double>(stopped_ - started_).count();
  return fmt::format(
      R"({{"count":{},"seconds":{:.6f},"rate":{:.3f},"bytes":{},"bytes_per_second":{:.0f},)"
      R"("latency_ms":{{"p50":{:.4f},"p90":{:.4f},"p99":{:.4f},"max":{:.4f}}},"load_processor_seconds":{:.3f}}})",
      sorted.size(), seconds, static_cast<double>(sorted.size()) / seconds, bytes_,
      static_cast<double>(bytes_) / seconds, percentile(sorted, 0.5), percentile(sorted, 0.9), percentile(sorted, 0.99),
      percentile(sorted, 1), processor_seconds() - processor_at_start_);
}

}  // namespace berth::load
