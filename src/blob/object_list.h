#pragma once

#include <functional>
#include <string>

#include "blob/blob_store.h"
#include "blob/file_system.h"

namespace berth::blob {

/// What lies under <root>/blobs, for tools that hold a store against the database.
struct ObjectList {
  std::function<void(const ObjectName& name, std::uint64_t size)> object;
  std::function<void(const std::string& path)> stray;  // below the root; no object's name
};

/// Walks over every object of a filesystem store, in no particular order. Objects that come or go meanwhile may be seen
/// or not. Throws std::system_error. Any thread.
void list_objects(FileSystem& file_system, const std::string& root, const ObjectList& told);

}  // namespace berth::blob
