#include "app/operator_commands.h"

#include <cstdio>

#include "app/configure.h"
#include "app/version.h"
#include "blob/filesystem_store.h"
#include "blob/posix_file_system.h"
#include "blob/store_lock.h"
#include "integrity/backup.h"
#include "integrity/fsck.h"
#include "integrity/restore.h"
#include "integrity/store_pair.h"

namespace berth::app {
namespace {

constexpr int kDone = 0;
constexpr int kFound = 1;  // something is damaged; what can be done was done
constexpr int kUsage = 2;
constexpr int kFailed = 3;

constexpr std::string_view kHelp = R"(berth backup DIRECTORY [settings]
  Brings DIRECTORY to the state that the server has now; it may run meanwhile. Again on the same directory
  copies only what is new. The directory has the secrets key (unless --secrets-key-file keeps it elsewhere):
  guard it like the server itself.
berth restore DIRECTORY [settings]
  Makes a data directory (and a PostgreSQL database, with --database) out of a backup. Both must be empty.
berth fsck [--repair] [--read-data] [settings]
  Checks a data directory whose server does not run. --repair sets counters right, removes what nothing
  refers to, and quarantines damaged blobs; --read-data reads every blob whole.
berth fsck --adopt-store [--read-data] [settings]
  The same, once it has made the database and the blob store a pair that a server starts on, whatever they
  were before: for when what belongs together is lost.

Settings are those of berth serve: --data-dir, --database, --secrets-key-file, --config.
Exit status: 0 all is well, 1 something is damaged, 2 wrong usage, 3 it could not be done.
)";

int say(const Error& error, int status) {
  fmt::print(stderr, "berth: {}\n", error.message);
  for (const auto& line : error.subjects) fmt::print(stderr, "  {}\n", line);
  return status;
}

/// Takes `word` out of the arguments.
bool take(std::vector<std::string>& arguments, std::string_view word) {
  return std::erase(arguments, word) > 0;
}

integrity::Installation installation(const Config& config) {
  return {
      .data_dir = config.data_dir, .database_url = config.database_url(), .secrets_key_file = config.secrets_key_file};
}

int tell_damaged(const std::vector<std::string>& digests) {
  if (digests.empty()) return kDone;
  fmt::print(stderr, "berth: {} blobs are damaged or lost in the server itself, and so not in the backup:\n",
             digests.size());
  for (const auto& digest : digests) fmt::print(stderr, "  {}\n", digest);
  return kFound;
}

int backup(const std::string& directory, const Config& config) {
  const auto report = integrity::back_up(installation(config), directory, SystemClock(), kVersion);
  if (!report) return say(report.error(), kFailed);
  fmt::print("Backed up {} blobs, {} bytes; {} blobs, {} bytes of them new.\n", report->objects, report->bytes,
             report->copied_objects, report->copied_bytes);
  fmt::print("{}", report->has_secrets_key
                       ? "The backup has the secrets key in it: whoever reads it can read the server's secrets.\n"
                       : "The secrets key is not in it: keep the file of --secrets-key-file as well.\n");
  return tell_damaged(report->damaged);
}

int restore(const std::string& directory, const Config& config) {
  const auto report = integrity::restore(directory, installation(config));
  if (!report) return say(report.error(), kFailed);
  fmt::print("Restored {} blobs, {} bytes, each checked by its digest, to {}.\n", report->objects, report->bytes,
             config.data_dir);
  return tell_damaged(report->damaged);
}

int fsck(const Config& config, const integrity::FsckOptions& options, bool adopt) {
  const auto lock = blob::StoreLock::acquire(config.data_dir);
  if (!lock) return say(lock.error(), kFailed);
  const auto database =
      db::open({.url = config.database_url(), .connections = 2, .old_schema = db::OldSchema::kRefuse});
  blob::PosixFileSystem file_system;
  const auto root = installation(config).blobs();
  if (adopt) {
    integrity::adopt_store(*database, file_system, root);
    fmt::print("The database and the blob store in {} are a pair now.\n", root);
  } else if (const auto pair = integrity::check_pair(*database, root); !pair) {
    return say(pair.error(), kFailed);
  }
  const auto store = blob::FilesystemStore::open(file_system, root);
  const auto findings = integrity::fsck({*database, *store, root}, options, SystemClock().now());
  std::size_t left = 0;
  for (const auto& finding : findings) {
    fmt::print("{}: {}{}\n", name_of(finding.kind), finding.text, finding.repaired ? " (repaired)" : "");
    left += finding.repaired ? 0 : 1;
  }
  fmt::print("{} findings, {} left.\n", findings.size(), left);
  return left == 0 ? kDone : kFound;
}

int run(const std::string& command, std::vector<std::string> rest) {
  std::string directory;
  if (command != "fsck") {
    if (rest.empty() || rest.front().starts_with("-"))
      return say(Error::invalid(command + " needs a DIRECTORY"), kUsage);
    directory = rest.front();
    rest.erase(rest.begin());
  }
  integrity::FsckOptions options;
  const bool adopt = command == "fsck" && take(rest, "--adopt-store");
  if (command == "fsck") options = {.repair = take(rest, "--repair"), .read_data = take(rest, "--read-data")};
  if (adopt && options.repair)
    return say(Error::invalid("--adopt-store and --repair are two steps: look at what would be repaired in between"),
               kUsage);
  const auto config = configure(rest);
  if (!config) return say(config.error(), kUsage);
  try {
    if (command == "backup") return backup(directory, *config);
    if (command == "restore") return restore(directory, *config);
    return fsck(*config, options, adopt);
  } catch (const std::exception& error) {
    fmt::print(stderr, "berth: {}\n", error.what());
    return kFailed;
  }
}

}  // namespace

std::optional<int> run_operator_command(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return std::nullopt;
  const auto& command = arguments.front();
  if (command != "backup" && command != "restore" && command != "fsck") return std::nullopt;
  std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (take(rest, "--help") || take(rest, "-h")) {
    fmt::print("{}", kHelp);
    return kDone;
  }
  const auto status = run(command, std::move(rest));
  return std::fflush(stdout) == 0 ? status : kFailed;
}

}  // namespace berth::app
