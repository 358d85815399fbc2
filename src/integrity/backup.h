#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "blob/file_system.h"
#include "integrity/installation.h"

namespace berth::integrity {

struct BackupReport {
  std::int64_t objects = 0;  // in the backup
  std::int64_t bytes = 0;
  std::int64_t copied_objects = 0;  // of them, new since the backup before
  std::int64_t copied_bytes = 0;
  std::vector<std::string> damaged;  // digests that the server itself has no sound bytes of
  bool has_secrets_key = false;
};

/// Brings `directory` (made when missing) to the state that the installation has now, while its server runs or not:
/// one consistent view of the database, and every blob that it speaks of, checked by digest. What an earlier backup
/// left there is kept where it still belongs, as objects never change; the earlier backup stays whole until this one
/// is.
///
/// Uploads in progress are not part of it: their clients start again. An Error is for the operator: the directory is in
/// use, or cannot take the bytes. Throws db::Failure and std::system_error.
[[nodiscard]] Result<BackupReport> back_up(const Installation& from, const std::string& directory, const Clock& clock,
                                           std::string_view version);
/// The same with the file system on which the backup's objects lie, for tests.
[[nodiscard]] Result<BackupReport> back_up(const Installation& from, const std::string& directory, const Clock& clock,
                                           std::string_view version, blob::FileSystem& file_system);

}  // namespace berth::integrity
