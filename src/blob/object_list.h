#pragma once

#include "blob/blob_store.h"
#include "blob/directories.h"

namespace berth::blob {

/// BlobStore::list() of a filesystem store. What lies beside the directories of the parts comes with the first part
/// below it. Any thread.
[[nodiscard]] Outcome<BlobStore::Part> list_part(FileSystem& file_system, Directories& directories, std::size_t part);

}  // namespace berth::blob
