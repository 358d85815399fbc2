#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace berth::app {

/// Every setting of `berth serve`, with its default. Declared once, in config.cpp: the declaration parses, checks
/// bounds, and writes docs/configuration.md.
struct Config {
  std::string listen;
  std::string tls_listen;
  std::string tls_certificate;
  std::string tls_key;
  std::string tls_names;
  std::string public_url;
  std::string trusted_proxies;

  std::string data_dir;
  std::string database;
  std::int64_t database_connections = 0;
  std::string secrets_key_file;

  std::string registry_name;
  std::string administrator_login;
  std::string administrator_password;

  Duration token_lifetime{};
  Duration signing_key_lifetime{};
  Duration session_lifetime{};
  Duration upload_expiry{};
  Duration pull_count_interval{};

  Duration collection_interval{};
  Duration collection_push_time{};
  Duration collection_delay{};
  Duration collection_grace{};
  Duration collection_sweep_interval{};

  std::int64_t io_threads = 0;
  std::int64_t api_threads = 0;
  std::int64_t fs_threads = 0;

  Duration header_timeout{};
  Duration idle_timeout{};
  Duration body_grace{};
  Duration drain_timeout{};
  std::int64_t minimum_rate = 0;
  std::int64_t max_connections = 0;
  std::int64_t max_connections_per_peer = 0;

  std::string log_level;
  std::string log_format;

  /// SQLite under the data directory unless `database` says otherwise.
  [[nodiscard]] std::string database_url() const;
};

/// Where a value came from, for error messages: "--listen", "BERTH_LISTEN", "berth.yaml: listen".
struct Assignment {
  std::string key;  // "tls-listen"
  std::string value;
  std::string origin;
};

/// Defaults, then the assignments in order (file, environment, command line). All errors at once, one a line, in
/// Error::subjects: unknown keys, wrong types, values out of bounds.
[[nodiscard]] Result<Config> load_config(const std::vector<Assignment>& assignments);

/// A flat YAML mapping of keys to scalars. kInvalid for anything else, and for a file that cannot be read.
[[nodiscard]] Result<std::vector<Assignment>> read_config_file(const std::string& path);
/// The same, of a text that came from `path`.
[[nodiscard]] Result<std::vector<Assignment>> parse_config(const std::string& path, const std::string& text);
/// BERTH_TLS_LISTEN=… becomes tls-listen. Unknown BERTH_ variables are errors, like unknown keys.
[[nodiscard]] std::vector<Assignment> read_environment(const char* const* environment);
/// "--tls-listen=…" and "--tls-listen …".
[[nodiscard]] Result<std::vector<Assignment>> read_arguments(const std::vector<std::string>& arguments);

/// docs/configuration.md, as Markdown.
[[nodiscard]] std::string config_reference();

}  // namespace berth::app
