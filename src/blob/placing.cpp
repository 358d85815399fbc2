#include "blob/placing.h"

namespace berth::blob {

Outcome<void> write_all(FileSystem& file_system, const File& file, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const auto written = file_system.write(file, bytes, offset);
    if (!written) return std::unexpected(written.error());
    offset += *written;
    bytes.remove_prefix(*written);
  }
  return {};
}

Outcome<void> write_new_file(FileSystem& file_system, const File& directory, const std::string& name,
                             std::string_view bytes) {
  const auto file = file_system.open(directory, name, OpenAs::kNew);
  if (!file) return std::unexpected(file.error());
  return write_all(file_system, *file, bytes, 0);
}

}  // namespace berth::blob
