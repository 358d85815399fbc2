#include "base/file.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace berth {

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

std::string read_all(const FileRange& range) {
  std::string out(range.length, '\0');
  std::size_t have = 0;
  while (have < out.size()) {
    const auto got = ::pread(range.file->descriptor(), out.data() + have, out.size() - have,
                             static_cast<off_t>(range.offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error(errno, std::generic_category(), "pread");
    if (got == 0) throw std::system_error(EIO, std::generic_category(), "the file is shorter than its record says");
    have += static_cast<std::size_t>(got);
  }
  return out;
}

}  // namespace berth
