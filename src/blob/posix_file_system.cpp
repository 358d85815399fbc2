#include "blob/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace berth::blob {
namespace {

constexpr mode_t kFileMode = 0640;
constexpr mode_t kDirectoryMode = 0750;

std::unexpected<SystemError> failed(std::string_view call) {
  return std::unexpected(SystemError{call, errno});
}

template <class Call>
auto uninterrupted(Call call) {
  while (true) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

int flags_of(OpenAs as) {
  // O_NONBLOCK: a FIFO in the place of a file must not hang the server; regular files do not know it.
  switch (as) {
    case OpenAs::kRead:
      return O_RDONLY | O_NONBLOCK;
    case OpenAs::kReadWrite:
      return O_RDWR | O_NONBLOCK;
    case OpenAs::kNew:
      return O_RDWR | O_CREAT | O_EXCL;
    case OpenAs::kDirectory:
      return O_RDONLY | O_DIRECTORY;
  }
  return O_RDONLY;
}

FileStatus status_of(const struct stat& raw) {
  return FileStatus{.size = static_cast<std::uint64_t>(raw.st_size),
                    .links = static_cast<std::uint64_t>(raw.st_nlink),
                    .changed_at_millis = raw.st_mtim.tv_sec * 1000 + raw.st_mtim.tv_nsec / 1'000'000,
                    .regular = S_ISREG(raw.st_mode),
                    .directory = S_ISDIR(raw.st_mode)};
}

Outcome<File> open_path(int directory, const std::string& name, int flags) {
  const int descriptor = uninterrupted([&] { return ::openat(directory, name.c_str(), flags | O_CLOEXEC, kFileMode); });
  if (descriptor < 0) return failed("open");
  return File(descriptor);
}

}  // namespace

Outcome<File> PosixFileSystem::open_root(const std::string& path) {
  const bool made = ::mkdir(path.c_str(), kDirectoryMode) == 0;
  if (!made && errno != EEXIST) return failed("mkdir");
  auto root = open_path(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
  if (!root || !made) return root;
  auto parent = open_path(root->descriptor(), "..", O_RDONLY | O_DIRECTORY);
  if (!parent) return std::unexpected(parent.error());
  if (auto synced = sync(*parent); !synced) return std::unexpected(synced.error());
  return root;
}

Outcome<File> PosixFileSystem::open(const File& directory, const std::string& name, OpenAs as) {
  return open_path(directory.descriptor(), name, flags_of(as) | O_NOFOLLOW);
}

Outcome<void> PosixFileSystem::make_directory(const File& directory, const std::string& name) {
  if (::mkdirat(directory.descriptor(), name.c_str(), kDirectoryMode) != 0) return failed("mkdir");
  return {};
}

Outcome<void> PosixFileSystem::rename(const File& from, const std::string& name, const File& to,
                                      const std::string& new_name) {
  if (::renameat(from.descriptor(), name.c_str(), to.descriptor(), new_name.c_str()) != 0) return failed("rename");
  return {};
}

Outcome<void> PosixFileSystem::unlink(const File& directory, const std::string& name) {
  if (::unlinkat(directory.descriptor(), name.c_str(), 0) != 0) return failed("unlink");
  return {};
}

Outcome<FileStatus> PosixFileSystem::status(const File& directory, const std::string& name) {
  struct stat raw{};
  if (::fstatat(directory.descriptor(), name.c_str(), &raw, AT_SYMLINK_NOFOLLOW) != 0) return failed("stat");
  return status_of(raw);
}

Outcome<std::vector<std::string>> PosixFileSystem::list(const File& directory) {
  // A descriptor of its own: closedir() closes it, and its read position is nobody else's.
  auto own = open_path(directory.descriptor(), ".", O_RDONLY | O_DIRECTORY);
  if (!own) return std::unexpected(own.error());
  const int descriptor = ::fcntl(own->descriptor(), F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) return failed("fcntl");
  DIR* stream = ::fdopendir(descriptor);
  if (stream == nullptr) {
    const auto error = failed("opendir");
    ::close(descriptor);
    return error;
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  const int number = errno;
  ::closedir(stream);
  if (number != 0) return std::unexpected(SystemError{"readdir", number});
  return names;
}

Outcome<FileStatus> PosixFileSystem::status(const File& file) {
  struct stat raw{};
  if (::fstat(file.descriptor(), &raw) != 0) return failed("stat");
  return status_of(raw);
}

Outcome<std::size_t> PosixFileSystem::write(const File& file, std::string_view bytes, std::uint64_t offset) {
  const auto written = uninterrupted(
      [&] { return ::pwrite(file.descriptor(), bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
  if (written < 0) return failed("write");
  if (written == 0 && !bytes.empty()) return std::unexpected(SystemError{"write", ENOSPC});
  return static_cast<std::size_t>(written);
}

Outcome<void> PosixFileSystem::truncate(const File& file, std::uint64_t length) {
  if (uninterrupted([&] { return ::ftruncate(file.descriptor(), static_cast<off_t>(length)); }) != 0)
    return failed("truncate");
  return {};
}

Outcome<void> PosixFileSystem::sync(const File& file) {
  // Not repeated on EINTR or anything else: after a failed fsync the kernel may call the lost pages clean.
  if (::fsync(file.descriptor()) != 0) return failed("fsync");
  return {};
}

Outcome<void> PosixFileSystem::sync_data(const File& file) {
  if (::fdatasync(file.descriptor()) != 0) return failed("fdatasync");
  return {};
}

Outcome<void> PosixFileSystem::sync_everything(const File& any) {
  if (::syncfs(any.descriptor()) != 0) return failed("syncfs");
  return {};
}

bool PosixFileSystem::syncs_everything(const File& any) {
  struct statfs raw{};
  if (::fstatfs(any.descriptor(), &raw) != 0) return false;
  constexpr std::array<std::uint32_t, 4> kElsewhere{FUSE_SUPER_MAGIC, SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC, V9FS_MAGIC};
  return std::ranges::find(kElsewhere, static_cast<std::uint32_t>(raw.f_type)) == kElsewhere.end();
}

void PosixFileSystem::will_stream(const File& file) noexcept {
  ::posix_fadvise(file.descriptor(), 0, 0, POSIX_FADV_SEQUENTIAL);
}

void PosixFileSystem::start_writing(const File& file, std::uint64_t offset, std::uint64_t length) noexcept {
  ::sync_file_range(file.descriptor(), static_cast<off64_t>(offset), static_cast<off64_t>(length),
                    SYNC_FILE_RANGE_WRITE);
}

}  // namespace berth::blob
