#include "base/log_writer.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace berth::log {
namespace {

constexpr std::size_t kMostQueued = 4U << 20;
// How long a line may wait for others: under load one wake-up and one write serve hundreds.
constexpr std::chrono::milliseconds kGather(5);

}  // namespace

Writer::Writer(int descriptor) : descriptor_(descriptor), thread_([this] { work(); }) {
  pthread_setname_np(thread_.native_handle(), "log");
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
}

void Writer::add(std::string_view line) {
  bool was_idle = false;
  {
    const std::lock_guard lock(mutex_);
    if (queued_.size() + line.size() >= kMostQueued) {
      ++dropped_;
      return;
    }
    queued_.append(line).push_back('\n');
    was_idle = std::exchange(idle_, false);
  }
  if (was_idle) wake_.notify_one();
}

void Writer::work() {
  std::string lines;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return !idle_ || stopping_; });
    wake_.wait_for(lock, kGather, [this] { return stopping_; });
    lines.clear();
    lines.swap(queued_);
    if (const auto dropped = std::exchange(dropped_, 0); dropped > 0)
      lines += fmt::format("{} lines were dropped here: nobody read them fast enough\n", dropped);
    idle_ = true;
    const bool last = stopping_;
    lock.unlock();
    write_all(lines);
    if (last) return;
    lock.lock();
  }
}

// Standard error may be a pipe that somebody else has made non-blocking. One that is gone loses the lines.
void Writer::write_all(std::string_view text) const {
  while (!text.empty()) {
    const auto written = ::write(descriptor_, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno == EAGAIN) {
      pollfd ready{descriptor_, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (written == 0 || errno != EINTR) {
      return;
    }
  }
}

}  // namespace berth::log
