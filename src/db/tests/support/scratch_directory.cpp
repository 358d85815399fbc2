#include "db/tests/support/scratch_directory.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <stdexcept>

namespace berth::db::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "berth-test-";

fs::path choose_base() {
  constexpr std::uintmax_t kRoom = 1U << 30;
  std::error_code none;
  const auto memory = fs::space("/dev/shm", none);
  return !none && memory.available >= kRoom ? "/dev/shm" : "/tmp";
}

// berth-test-<pid>-…: left behind by a test that was killed, when there is no such process any more.
bool left_behind(const fs::path& directory) {
  const auto name = directory.filename().string();
  if (!name.starts_with(kPrefix)) return false;
  pid_t owner = 0;
  std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), owner);
  return owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH;
}

fs::path sweep(const fs::path& base) {
  std::error_code ignored;  // others may sweep too
  for (const auto& entry : fs::directory_iterator(base, ignored)) {
    if (left_behind(entry.path())) fs::remove_all(entry.path(), ignored);
  }
  return base;
}

}  // namespace

std::string make_scratch_directory() {
  static const auto base = sweep(choose_base());
  auto pattern = (base / fmt::format("{}{}-XXXXXX", kPrefix, ::getpid())).string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a directory like " + pattern);
  return pattern;
}

}  // namespace berth::db::testing
