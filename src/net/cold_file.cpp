#include "net/cold_file.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace berth::net {
namespace {

constexpr std::size_t kStep = 128U << 10;
constexpr std::size_t kAhead = 8U << 20;

}  // namespace

// One byte at either end. A hole in the middle costs one wait for the disk; probing each page would cost every warm
// read.
bool is_cold(int file, std::uint64_t offset, std::size_t length) {
  for (const auto at : {offset, offset + length - 1}) {
    char byte = 0;
    const iovec into{&byte, 1};
    if (::preadv2(file, &into, 1, static_cast<off_t>(at), RWF_NOWAIT) < 0 && errno == EAGAIN) return true;
  }
  return false;
}

void warm_up(int file, std::uint64_t offset, std::size_t length) {
  ::posix_fadvise(file, static_cast<off_t>(offset), static_cast<off_t>(length + kAhead), POSIX_FADV_WILLNEED);
  const auto scratch = std::make_unique_for_overwrite<char[]>(kStep);
  for (std::size_t done = 0; done < length;) {
    const auto got = ::pread(file, scratch.get(), std::min(kStep, length - done), static_cast<off_t>(offset + done));
    if (got <= 0) return;  // sending it meets the same error, and reports it
    done += static_cast<std::size_t>(got);
  }
}

}  // namespace berth::net
