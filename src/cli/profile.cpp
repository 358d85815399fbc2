#include "cli/profile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/file.h"
#include "base/json.h"
#include "cli/server_url.h"

namespace berth::cli {
namespace {

std::unexpected<Failure> no_file(std::string_view what, const std::string& path) {
  return fail(kUsage, fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

std::string text_of(const json::value& object, std::string_view key) {
  return std::string(find_string(object, key).value_or(""));
}

json::object to_json(const Account& account) {
  return {{"login", account.login},
          {"token", account.token},
          {"token_id", account.token_id},
          {"expires_at", account.expires_at},
          {"ca_file", account.ca_file}};
}

Account to_account(std::string url, const json::value& object) {
  return {.url = std::move(url),
          .login = text_of(object, "login"),
          .token = text_of(object, "token"),
          .token_id = find_int(object, "token_id").value_or(0),
          .expires_at = text_of(object, "expires_at"),
          .ca_file = text_of(object, "ca_file")};
}

/// The bytes, on the disk, in a file that nobody else may read.
bool write_private(const std::string& path, std::string_view text) {
  const File file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.descriptor() < 0) return false;
  while (!text.empty()) {
    const auto written = write(file.descriptor(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(file.descriptor()) == 0;
}

}  // namespace

Outcome<std::string> Profile::default_path() {
  const auto* config = std::getenv("XDG_CONFIG_HOME");
  if (config && *config == '/') return std::string(config) + "/berth/credentials.json";
  const auto* home = std::getenv("HOME");
  if (home && *home == '/') return std::string(home) + "/.config/berth/credentials.json";
  return fail(kUsage, "neither XDG_CONFIG_HOME nor HOME says where logins are kept; set BERTH_SERVER and BERTH_TOKEN");
}

Outcome<Profile> Profile::load(std::string path) {
  Profile profile(std::move(path));
  std::ifstream file(profile.path_);
  if (!file) return errno == ENOENT || errno == ENOTDIR ? Outcome<Profile>(profile) : no_file("read", profile.path_);
  std::ostringstream text;
  text << file.rdbuf();
  const auto document = parse_json(text.str());
  const auto* servers = document ? find_object(*document, "servers") : nullptr;
  if (!servers) return fail(kUsage, fmt::format("{} is damaged; remove it and log in again", profile.path_));
  profile.current_ = text_of(*document, "current");
  for (const auto& [url, object] : *servers) profile.accounts_.push_back(to_account(std::string(url), object));
  return profile;
}

const Account* Profile::find(std::string_view server) const {
  const bool by_host = !server.contains("://");
  const auto wanted = normal_url(server);
  for (const auto& account : accounts_)
    if (wanted && (account.url == *wanted || (by_host && host_of(account.url) == host_of(*wanted)))) return &account;
  return nullptr;
}

const Account* Profile::current() const {
  return current_.empty() ? nullptr : find(current_);
}

void Profile::put(Account account) {
  std::erase_if(accounts_, [&](const Account& each) { return each.url == account.url; });
  current_ = account.url;
  accounts_.push_back(std::move(account));
}

void Profile::remove(std::string_view url) {
  std::erase_if(accounts_, [&](const Account& each) { return each.url == url; });
  if (current_ == url) current_ = accounts_.empty() ? "" : accounts_.back().url;
}

Outcome<void> Profile::save() const {
  json::object servers;
  for (const auto& account : accounts_) servers[account.url] = to_json(account);
  const auto text =
      json::serialize(json::object{{"version", 1}, {"current", current_}, {"servers", std::move(servers)}}) + "\n";
  const auto directory = std::filesystem::path(path_).parent_path();
  std::error_code ignored;  // what went wrong shows when the file is written
  std::filesystem::create_directories(directory.parent_path(), ignored);
  mkdir(directory.c_str(), 0700);
  const auto draft = fmt::format("{}.{}", path_, getpid());
  if (!write_private(draft, text) || rename(draft.c_str(), path_.c_str()) != 0) {
    auto failure = no_file("write", path_);
    unlink(draft.c_str());
    return failure;
  }
  return {};
}

}  // namespace berth::cli
