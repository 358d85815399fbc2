#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/outcome.h"

namespace berth::cli {

/// What `berth login` keeps of one server: a personal access token, never a password.
struct Account {
  std::string url;  // normal_url()
  std::string login;
  std::string token;
  std::int64_t token_id = 0;
  std::string expires_at;  // RFC 3339; empty: never
  std::string ca_file;     // empty: the system's authorities
};

/// The servers that somebody is logged in to, in $XDG_CONFIG_HOME/berth/credentials.json or ~/.config/berth/…, which
/// only its owner can read. Of two logins at the same moment the later one's file stands, whole.
class Profile {
 public:
  /// Where it lies, by the environment. kUsage when neither variable says.
  static Outcome<std::string> default_path();
  /// A file that is not there is an empty profile. kUsage for one that cannot be read.
  static Outcome<Profile> load(std::string path);

  /// By URL; or by host alone, when `server` has no scheme. nullptr when not logged in there.
  [[nodiscard]] const Account* find(std::string_view server) const;
  /// The server of the latest login; nullptr when there is none.
  [[nodiscard]] const Account* current() const;
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Adds or replaces, and makes it the current one.
  void put(Account account);
  void remove(std::string_view url);
  /// Writes a new file beside the old one and renames it: mode 0600, in a directory of mode 0700.
  [[nodiscard]] Outcome<void> save() const;

 private:
  explicit Profile(std::string path) : path_(std::move(path)) {}

  std::string path_;
  std::string current_;
  std::vector<Account> accounts_;
};

}  // namespace berth::cli
