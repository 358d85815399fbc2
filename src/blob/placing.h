#pragma once

#include <string>
#include <string_view>

#include "blob/file_system.h"

namespace berth::blob {

/// Writes all of it, however little a call takes. After an error a part of it may be there.
Outcome<void> write_all(FileSystem& file_system, const File& file, std::string_view bytes, std::uint64_t offset);

/// Makes a file of these bytes, without any sync. EEXIST when the name is taken. After another error a part of it may
/// be there.
Outcome<void> write_new_file(FileSystem& file_system, const File& directory, const std::string& name,
                             std::string_view bytes);

}  // namespace berth::blob
