#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace berth::log {

/// Writes lines to a descriptor from a thread of its own, many with one call: a line costs its caller a copy. Bounded:
/// a slow reader never stops a request; what does not fit is dropped, counted, and told. Any thread.
class Writer {
 public:
  /// `descriptor` stays the caller's.
  explicit Writer(int descriptor);
  /// Writes what is queued.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// `line` without its end.
  void add(std::string_view line);

 private:
  void work();
  void write_all(std::string_view text) const;

  const int descriptor_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string queued_;
  std::size_t dropped_ = 0;
  bool idle_ = true;
  bool stopping_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace berth::log
