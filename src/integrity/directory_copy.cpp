#include "integrity/directory_copy.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/file.h"

namespace berth::integrity {

namespace fs = std::filesystem;

void copy_file_durably(const std::string& from, const std::string& to) {
  struct stat status{};
  std::ifstream file(from, std::ios::binary);
  std::ostringstream content;
  if (::stat(from.c_str(), &status) != 0 || !file) throw std::system_error(errno, std::generic_category(), from);
  content << file.rdbuf();
  write_durably(to, content.str(), status.st_mode & 0777);
}

void copy_directory_durably(const std::string& from, const std::string& to) {
  if (!fs::is_directory(from)) return;
  fs::create_directories(to);
  fs::permissions(to, fs::status(from).permissions());
  for (const auto& entry : fs::directory_iterator(from))
    if (entry.is_regular_file()) copy_file_durably(entry.path(), to + "/" + entry.path().filename().string());
}

}  // namespace berth::integrity
