#include "blob/store_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace berth::blob {
namespace {

[[noreturn]] void raise_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::string holder(const File& file) {
  std::array<char, 32> text{};
  const auto got = ::pread(file.descriptor(), text.data(), text.size(), 0);
  std::string_view pid(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  pid = pid.substr(0, pid.find_first_not_of("0123456789"));
  return pid.empty() ? "unknown process" : fmt::format("process {}", pid);
}

}  // namespace

Result<StoreLock> StoreLock::acquire(const std::string& root) {
  const auto path = root + "/lock";
  File file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (file.descriptor() < 0) raise_errno(path);
  if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) raise_errno(path);
    return fail(Error::conflict(
        fmt::format("the data directory {} is in use by another berth server ({})", root, holder(file))));
  }
  const auto pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(file.descriptor(), 0) != 0) raise_errno(path);
  if (::pwrite(file.descriptor(), pid.data(), pid.size(), 0) < 0) raise_errno(path);
  return StoreLock(std::move(file));
}

}  // namespace berth::blob
