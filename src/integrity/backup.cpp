#include "integrity/backup.h"

#include <filesystem>
#include <system_error>

#include "base/file.h"
#include "base/log.h"
#include "blob/filesystem_store.h"
#include "blob/posix_file_system.h"
#include "blob/store_lock.h"
#include "integrity/backup_facts.h"
#include "integrity/directory_copy.h"
#include "integrity/object_copy.h"
#include "integrity/store_pair.h"
#include "integrity/table_copy.h"

namespace berth::integrity {
namespace {

namespace fs = std::filesystem;

// A server that collects while we copy makes us look again; one that collects as fast as this has another problem.
constexpr int kRounds = 10;
constexpr std::string_view kUnfinished = "database.new.db";

// The server's journal is the server's: replaying it here would take it away from under a running one. And a backup is
// whole without one.
constexpr blob::FilesystemStore::Options kNoJournal{.small_bytes = 0};

/// After a power cut the journal has what files lack, until the next start; a backup before that would miss it. What
/// cannot be written to is backed up as it is.
void replay_if_stopped(const Installation& from) {
  try {
    blob::PosixFileSystem file_system;
    const auto stopped = blob::StoreLock::acquire(from.data_dir);
    if (stopped) static_cast<void>(blob::FilesystemStore::open(file_system, from.blobs()));
  } catch (const std::system_error& error) {
    log::warning("the blob store's journal was not looked at", {{"reason", error.what()}});
  }
}

struct Wanted {
  blob::ObjectName name;
  std::int64_t size = 0;
  bool quarantined = false;
};

class Backup {
 public:
  Backup(const Installation& from, std::unique_ptr<db::Database> database, std::string directory,
         blob::FileSystem& file_system)
      : from_(from),
        directory_(std::move(directory)),
        database_(std::move(database)),
        source_(blob::FilesystemStore::open(own_file_system_, from.blobs(), kNoJournal)),
        target_(blob::FilesystemStore::open(file_system, directory_ + "/blobs", kNoJournal)) {}

  Result<BackupReport> run(const Clock& clock, std::string_view version) {
    for (int round = 0; round < kRounds; ++round) {
      const auto taken_at = clock.now();
      take_snapshot();
      const auto complete = copy_objects();
      if (!complete) return fail(complete.error());
      if (*complete) return finish(taken_at, version);
    }
    return fail(Error::unavailable("blobs were collected again and again while the backup was made: try again", ""));
  }

 private:
  [[nodiscard]] std::string unfinished() const { return fmt::format("{}/{}", directory_, kUnfinished); }

  void take_snapshot() {
    for (const auto* ending : {"", "-wal", "-shm"}) fs::remove(unfinished() + ending);
    const auto portable = db::open({.url = "file:" + unfinished(), .connections = 1});
    const auto tables = portable->read([](db::Connection& tx) { return tables_of(tx); });
    static_cast<void>(portable->write([&](db::Connection& to) -> Result<void> {
      database_->read([&](db::Connection& view) {
        copy_tables(view, to, tables);
        return true;
      });
      to.execute("DELETE FROM uploads");  // their bytes stay behind
      return {};
    }));
    wanted_.clear();
    portable->read([&](db::Connection& tx) {
      for (const auto& [digest, generation, size, quarantined_at] :
           tx.query<std::string, std::int64_t, std::int64_t, std::optional<std::int64_t>>(
               "SELECT digest, generation, size, quarantined_at FROM blobs WHERE state = 'live'"))
        wanted_.push_back({{Digest::parse(digest).value(), generation}, size, quarantined_at.has_value()});
      return true;
    });
  }

  /// False when the server collected an object that the snapshot still speaks of. What was copied until then is kept.
  Result<bool> copy_objects() {
    ObjectCopier copier(*source_, *target_);
    const auto complete = copy_objects(copier);
    if (!complete) return complete;
    if (auto finished = copier.finish(); !finished) return fail(finished.error());
    return complete;
  }

  Result<bool> copy_objects(ObjectCopier& copier) {
    report_.objects = report_.bytes = 0;
    report_.damaged.clear();
    for (const auto& wanted : wanted_) {
      const auto copied =
          wanted.quarantined ? Copied::kDamaged : copier.copy(wanted.name, static_cast<std::uint64_t>(wanted.size));
      if (!copied) return fail(copied.error());
      if (*copied == Copied::kDamaged) {
        if (!still_live(wanted.name)) return false;
        report_.damaged.push_back(wanted.name.digest.text());
        continue;
      }
      ++report_.objects;
      report_.bytes += wanted.size;
      if (*copied == Copied::kThere) continue;
      ++report_.copied_objects;
      report_.copied_bytes += wanted.size;
    }
    return true;
  }

  bool still_live(const blob::ObjectName& name) {
    return database_->read([&](db::Connection& tx) {
      return tx
          .one<std::int64_t>(
              "SELECT id FROM blobs WHERE store_id = 1 AND digest = :digest AND generation = :generation "
              "AND state = 'live'",
              name.digest, name.generation)
          .has_value();
    });
  }

  BackupReport finish(Time taken_at, std::string_view version) {
    report_.has_secrets_key = from_.secrets_key_file.empty() && fs::exists(from_.own_key());
    if (report_.has_secrets_key) copy_file_durably(from_.own_key(), directory_ + "/secrets.key");
    copy_directory_durably(from_.data_dir + "/tls", directory_ + "/tls");
    const auto file = fmt::format("database.{}.db", to_millis(taken_at));
    fs::rename(unfinished(), directory_ + "/" + file);
    sync_directory(directory_);
    write_facts(directory_, {.version = std::string(version),
                             .taken_at = taken_at,
                             .database_file = file,
                             .database_sha256 = sha256_of_file(directory_ + "/" + file),
                             .objects = report_.objects,
                             .bytes = report_.bytes,
                             .damaged = report_.damaged,
                             .files = small_files()});
    if (!report_.has_secrets_key) fs::remove(directory_ + "/secrets.key");
    tidy(file);
    return report_;
  }

  [[nodiscard]] std::map<std::string, std::string> small_files() const {
    std::map<std::string, std::string> files;
    if (report_.has_secrets_key) files["secrets.key"] = sha256_of_file(directory_ + "/secrets.key");
    if (!fs::exists(directory_ + "/tls")) return files;
    for (const auto& entry : fs::directory_iterator(directory_ + "/tls"))
      files["tls/" + entry.path().filename().string()] = sha256_of_file(entry.path());
    return files;
  }

  /// What only an earlier backup needed.
  void tidy(const std::string& current) {
    for (const auto& entry : fs::directory_iterator(directory_)) {
      const auto name = entry.path().filename().string();
      if (name.starts_with("database.") && name != current) fs::remove(entry.path());
    }
    std::vector<blob::ObjectName> kept;
    for (const auto& wanted : wanted_) kept.push_back(wanted.name);
    std::ranges::sort(kept);
    for (std::size_t part = 0; part < blob::BlobStore::kParts; ++part)
      for (const auto& object : target_->list(part).objects)
        if (!std::ranges::binary_search(kept, object.name)) target_->remove(object.name);
    for (const auto& leftover : target_->leftovers()) target_->discard(leftover.id, {});
  }

  const Installation& from_;
  const std::string directory_;
  blob::PosixFileSystem own_file_system_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<blob::FilesystemStore> source_;
  std::unique_ptr<blob::FilesystemStore> target_;
  std::vector<Wanted> wanted_;
  BackupReport report_;
};

}  // namespace

Result<BackupReport> back_up(const Installation& from, const std::string& directory, const Clock& clock,
                             std::string_view version, blob::FileSystem& file_system) {
  if (!fs::is_directory(from.data_dir))
    return fail(Error::invalid(fmt::format("there is no data directory at {}", from.data_dir)));
  if (fs::create_directories(directory)) fs::permissions(directory, fs::perms::owner_all);
  if (fs::equivalent(directory, from.data_dir) || fs::exists(directory + "/berth.db"))
    return fail(
        Error::invalid(fmt::format("{} is a data directory: a backup goes to a directory of its own", directory)));
  const auto lock = blob::StoreLock::acquire(directory);
  if (!lock) return fail(Error::conflict(directory + " is in use by another process"));
  auto database = db::open({.url = from.database_url, .connections = 2, .old_schema = db::OldSchema::kRefuse});
  if (auto pair = check_pair(*database, from.blobs()); !pair) return fail(pair.error());
  replay_if_stopped(from);
  return Backup(from, std::move(database), directory, file_system).run(clock, version);
}

Result<BackupReport> back_up(const Installation& from, const std::string& directory, const Clock& clock,
                             std::string_view version) {
  blob::PosixFileSystem file_system;
  return back_up(from, directory, clock, version, file_system);
}

}  // namespace berth::integrity
