#include "blob/placing.h"

namespace berth::blob {

Outcome<void> write_new_file(FileSystem& file_system, const File& directory, const std::string& name,
                             std::string_view bytes) {
  const auto file = file_system.open(directory, name, OpenAs::kNew);
  if (!file) return std::unexpected(file.error());
  for (std::uint64_t at = 0; !bytes.empty();) {
    const auto written = file_system.write(*file, bytes, at);
    if (!written) return std::unexpected(written.error());
    at += *written;
    bytes.remove_prefix(*written);
  }
  return {};
}

}  // namespace berth::blob
