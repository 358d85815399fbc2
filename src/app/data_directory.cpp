#include "app/data_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/encoding.h"
#include "base/file.h"
#include "base/random.h"

namespace berth::app {
namespace {

constexpr std::size_t kKeyBytes = 32;

[[noreturn]] void broken(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

void make_data_directory(const std::string& path) {
  std::filesystem::create_directories(path);
  if (::chmod(path.c_str(), 0700) != 0) broken(path);
}

Result<std::string> load_secrets_key(const std::string& path, bool make_if_missing) {
  if (make_if_missing && !std::filesystem::exists(path))
    write_durably(path, to_hex(random_bytes(kKeyBytes)) + "\n", 0600);
  std::ifstream file(path);
  std::string text;
  if (!file || !(file >> text)) return fail(Fault::kInvalid, path + ": cannot be read as the secrets key");
  auto key = from_hex(text);
  if (!key || key->size() != kKeyBytes) return fail(Fault::kInvalid, path + ": the secrets key is 64 hex digits");
  return std::move(*key);
}

ServerFile::ServerFile(std::string path, const std::map<std::string, std::string>& addresses) : path_(std::move(path)) {
  const boost::json::object content{{"pid", ::getpid()}, {"addresses", boost::json::value_from(addresses)}};
  write_durably(path_, boost::json::serialize(content) + "\n", 0600);
}

ServerFile::~ServerFile() {
  ::unlink(path_.c_str());
}

}  // namespace berth::app
