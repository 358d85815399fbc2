#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace berth {

/// An open file descriptor that closes itself. Read-only once shared; positioned reads only, so any thread may use it.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File();
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept;
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// Bytes [offset, offset + length) of an open file: what sendfile takes.
struct FileRange {
  std::shared_ptr<const File> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// Reads the whole range into memory; throws std::system_error. For small things (configs, manifests) only.
[[nodiscard]] std::string read_all(const FileRange& range);

/// Afterwards the whole content is on disk under `path`, or what was there before. Throws std::system_error.
void write_durably(const std::string& path, std::string_view content, unsigned int mode);
/// fsync of a directory: its entries. Throws std::system_error.
void sync_directory(const std::string& path);

/// A stream of bytes of which nobody holds the whole. One thread at a time.
class Source {
 public:
  virtual ~Source() = default;
  /// Fills at most `into.size()` bytes; 0 at the end. Blocks; throws std::system_error when the origin fails.
  virtual std::size_t read(std::span<char> into) = 0;
};

}  // namespace berth
