#pragma once

#include <string>

namespace berth::integrity {

/// Where a server keeps what it has, from its configuration.
struct Installation {
  std::string data_dir;
  std::string database_url;      // file:<path in data_dir> or postgres://…
  std::string secrets_key_file;  // empty: secrets.key in data_dir, Berth's own

  [[nodiscard]] std::string blobs() const { return data_dir + "/blobs"; }
  [[nodiscard]] std::string own_key() const { return data_dir + "/secrets.key"; }
  [[nodiscard]] bool embedded_database() const { return database_url.starts_with("file:"); }
};

}  // namespace berth::integrity
