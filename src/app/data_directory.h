#pragma once

#include <map>
#include <string>

#include "base/error.h"

namespace berth::app {

/// Makes the directory (mode 0700) when it is missing; throws std::system_error when it cannot be had.
void make_data_directory(const std::string& path);

/// The 32-byte key that encrypts secrets at rest, from a file of 64 hex digits. `make_if_missing`: a new key, mode
/// 0600, on disk before this returns. kInvalid when the file holds something else.
[[nodiscard]] Result<std::string> load_secrets_key(const std::string& path, bool make_if_missing);

/// Tells scripts where the server listens: <data-dir>/server.json, written when it is ready, removed when it ends.
/// {"pid": 12, "addresses": {"http": "http://127.0.0.1:5080"}}
class ServerFile {
 public:
  ServerFile(std::string path, const std::map<std::string, std::string>& addresses);
  ~ServerFile();
  ServerFile(const ServerFile&) = delete;
  ServerFile& operator=(const ServerFile&) = delete;

 private:
  std::string path_;
};

}  // namespace berth::app
