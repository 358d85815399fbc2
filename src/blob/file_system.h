#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace berth::blob {

/// A system call that failed: its name and its errno.
struct SystemError {
  std::string_view call;
  int number = 0;
};

template <class T>
using Outcome = std::expected<T, SystemError>;

struct FileStatus {
  std::uint64_t size = 0;
  std::uint64_t links = 0;
  std::int64_t changed_at_millis = 0;
  bool regular = false;
  bool directory = false;
};

enum class OpenAs { kRead, kReadWrite, kNew, kDirectory };

/// The system calls that the filesystem store needs, and the place where tests make them fail.
///
/// Everything below the root is named by an open directory and one name in it; a name that is a symbolic link is never
/// followed, so that nothing planted in the data directory leads out of it. Any thread may call any method.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  /// The data directory itself, which may be a symbolic link: it is the operator's. Made when missing; its parent is
  /// not.
  virtual Outcome<File> open_root(const std::string& path) = 0;
  /// kNew refuses a name that is there already (EEXIST).
  virtual Outcome<File> open(const File& directory, const std::string& name, OpenAs as) = 0;
  virtual Outcome<void> make_directory(const File& directory, const std::string& name) = 0;
  /// Replaces a file of that name.
  virtual Outcome<void> rename(const File& from, const std::string& name, const File& to,
                               const std::string& new_name) = 0;
  virtual Outcome<void> unlink(const File& directory, const std::string& name) = 0;
  virtual Outcome<FileStatus> status(const File& directory, const std::string& name) = 0;
  virtual Outcome<std::vector<std::string>> list(const File& directory) = 0;

  virtual Outcome<FileStatus> status(const File& file) = 0;
  /// May write less than asked, as pwrite does; never 0 unless `bytes` is empty.
  virtual Outcome<std::size_t> write(const File& file, std::string_view bytes, std::uint64_t offset) = 0;
  virtual Outcome<void> truncate(const File& file, std::uint64_t length) = 0;
  /// fsync: a file's bytes and metadata, a directory's entries.
  virtual Outcome<void> sync(const File& file) = 0;
  /// fdatasync: a file's bytes, and its length.
  virtual Outcome<void> sync_data(const File& file) = 0;
  /// syncfs: everything on the file system that `any` lies on, whoever has written it.
  virtual Outcome<void> sync_everything(const File& any) = 0;
  /// Whether that reaches a disk. Not where another program or machine keeps the files (FUSE, SMB, 9p): it hears of an
  /// fsync alone.
  virtual bool syncs_everything(const File& any) = 0;

  /// Hints, which cannot fail: the bytes will be read from start to end; the range may go to disk now.
  virtual void will_stream(const File& file) noexcept = 0;
  virtual void start_writing(const File& file, std::uint64_t offset, std::uint64_t length) noexcept = 0;
};

}  // namespace berth::blob
