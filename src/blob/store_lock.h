#pragma once

#include <string>

#include "base/error.h"
#include "base/file.h"

namespace berth::blob {

/// Holds a data directory for this process: flock on `<root>/lock`, in which the holder's process id stands for people.
/// Released when destroyed, or by the kernel when the process dies.
class StoreLock {
 public:
  /// kConflict, naming the holder's process id, when another server has it. Throws std::system_error when the directory
  /// cannot be used.
  static Result<StoreLock> acquire(const std::string& root);

 private:
  explicit StoreLock(File file) : file_(std::move(file)) {}
  File file_;
};

}  // namespace berth::blob
