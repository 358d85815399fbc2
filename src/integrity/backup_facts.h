#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

/// A backup directory:
///
///     backup.json                what is in it; written last, so that it always speaks of a whole backup
///     database.<millis>.db       SQLite, whatever the server's database is
///     blobs/                     a store as in a data directory (blob/directories.h)
///     secrets.key, tls/          as in the data directory; the key unless the operator keeps it elsewhere
namespace berth::integrity {

struct BackupFacts {
  static constexpr std::int64_t kFormat = 1;

  std::string version;  // of the program that made it
  Time taken_at;
  std::string database_file;
  std::string database_sha256;
  std::int64_t objects = 0;
  std::int64_t bytes = 0;
  std::vector<std::string> damaged;          // digests whose bytes were lost before the backup was made
  std::map<std::string, std::string> files;  // secrets.key, tls/ca.crt, …: their SHA-256

  [[nodiscard]] bool has_secrets_key() const { return files.contains("secrets.key"); }
};

/// Durably, replacing the one before. Throws std::system_error.
void write_facts(const std::string& directory, const BackupFacts& facts);
/// kInvalid, in words for an operator, when the directory holds no backup, one of another format, or a damaged one.
[[nodiscard]] Result<BackupFacts> read_facts(const std::string& directory);

/// The hex SHA-256 of a file. Throws std::system_error.
[[nodiscard]] std::string sha256_of_file(const std::string& path);

}  // namespace berth::integrity
