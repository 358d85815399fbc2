#include "db/tests/support/throwaway_cluster.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "db/tests/support/scratch_directory.h"

namespace berth::db::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// Debian keeps the servers of each major version apart.
std::string program(const std::string& name) {
  std::set<fs::path> found;
  if (fs::exists("/usr/lib/postgresql")) {
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql")) {
      if (fs::exists(version.path() / "bin" / name)) found.insert(version.path() / "bin" / name);
    }
  }
  if (found.empty()) {
    throw std::runtime_error(
        "these tests need PostgreSQL: install the package postgresql, or set BERTH_TEST_POSTGRES to "
        "the connection URI of a server that they may create databases on");
  }
  return found.rbegin()->string();
}

const passwd* other_user() {
  if (::geteuid() != 0) return nullptr;
  const auto* user = ::getpwnam("postgres");
  if (user == nullptr) throw std::runtime_error("these tests run as root and need a user named postgres");
  return user;
}

// Between fork and exec: system calls only.
[[noreturn]] void become(const passwd* user, const char* directory, int output, char* const* arguments) {
  if (user != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
    ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  if (::chdir(directory) == 0) ::execv(arguments[0], arguments);
  ::_exit(127);
}

pid_t start(std::vector<std::string> command, const std::string& directory) {
  command.front() = program(command.front());
  std::vector<char*> arguments;
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const auto* user = other_user();
  const int output = ::open((directory + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const pid_t child = ::fork();
  if (child == 0) become(user, directory.c_str(), output, arguments.data());
  ::close(output);
  if (child < 0) throw std::runtime_error("fork failed");
  return child;
}

std::string log_of(const std::string& directory) {
  std::ifstream file(directory + "/log");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

ThrowawayCluster::ThrowawayCluster() {
  make_directory();
  const auto data = directory_ + "/data";
  int status = 0;
  ::waitpid(start({"initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"},
                  directory_),
            &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed: " + log_of(directory_));
  server_ = start({"postgres", "-D",
                   data,       "-k",
                   directory_, "-h",
                   "",         "-F",
                   "-c",       "full_page_writes=off",
                   "-c",       "wal_level=minimal",
                   "-c",       "max_wal_senders=0",
                   "-c",       "max_connections=200",
                   "-c",       "shared_buffers=32MB",
                   "-c",       "autovacuum=off"},
                  directory_);
  wait_until_ready();
}

ThrowawayCluster::~ThrowawayCluster() {
  if (server_ > 0) {
    ::kill(server_, SIGQUIT);  // at once: nothing in it is worth a checkpoint
    ::waitpid(server_, nullptr, 0);
  }
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

std::string ThrowawayCluster::uri() const {
  return "postgresql:///postgres?host=" + directory_ + "&user=postgres";
}

void ThrowawayCluster::make_directory() {
  directory_ = make_scratch_directory();
  if (const auto* user = other_user(); user != nullptr && ::chown(directory_.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error("chown failed");
}

void ThrowawayCluster::wait_until_ready() const {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (PQping(uri().c_str()) != PQPING_OK) {
    if (::waitpid(server_, nullptr, WNOHANG) != 0 || std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("PostgreSQL did not start: " + log_of(directory_));
    std::this_thread::sleep_for(20ms);
  }
}

}  // namespace berth::db::testing
