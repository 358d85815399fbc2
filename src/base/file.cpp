#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace berth {
namespace {

[[noreturn]] void broken(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void write_all(const File& file, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const auto written = ::write(file.descriptor(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) broken(path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

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

void write_durably(const std::string& path, std::string_view content, unsigned int mode) {
  const auto temporary = path + ".new";
  {
    const File file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
    if (file.descriptor() < 0) broken(temporary);
    write_all(file, content, temporary);
    if (::fsync(file.descriptor()) != 0) broken(temporary);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) broken(path);
  sync_directory(std::filesystem::absolute(path).parent_path());
}

void sync_directory(const std::string& path) {
  const File directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.descriptor() < 0 || ::fsync(directory.descriptor()) != 0) broken(path);
}

}  // namespace berth
