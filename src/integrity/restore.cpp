#include "integrity/restore.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/file.h"
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

/// SQLite syncs what it writes; what was copied before it opened the file is the kernel's alone.
void sync_file(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.descriptor() < 0 || ::fsync(file.descriptor()) != 0)
    throw std::system_error(errno, std::generic_category(), path);
}

/// Empties the data directory again unless told that all went well: nothing but ours is in it.
class Undo {
 public:
  explicit Undo(std::string directory) : directory_(std::move(directory)) {}
  ~Undo() {
    if (!armed_) return;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(directory_, ignored))
      if (entry.path().filename() != "lock") fs::remove_all(entry.path(), ignored);
  }
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;
  void disarm() { armed_ = false; }

 private:
  std::string directory_;
  bool armed_ = true;
};

class Restore {
 public:
  Restore(std::string directory, const Installation& to, BackupFacts facts)
      : directory_(std::move(directory)),
        to_(to),
        facts_(std::move(facts)) {}

  Result<RestoreReport> run() {
    if (sha256_of_file(directory_ + "/" + facts_.database_file) != facts_.database_sha256)
      return damaged(facts_.database_file + " does not have the digest that backup.json says");
    for (const auto& [name, sum] : facts_.files)
      if (!fs::exists(directory_ + "/" + name) || sha256_of_file(directory_ + "/" + name) != sum)
        return damaged(name + " is lost or changed");
    const auto scratch = to_.data_dir + "/restore.db";
    fs::copy_file(directory_ + "/" + facts_.database_file, scratch);
    fs::permissions(scratch, fs::perms::owner_read | fs::perms::owner_write);
    {
      const auto portable = db::open({.url = "file:" + scratch, .connections = 2});  // brought forward, if need be
      if (!to_.embedded_database())
        if (auto empty = check_empty(*portable); !empty) return fail(empty.error());
      if (auto copied = copy_objects(*portable); !copied) return fail(copied.error());
      copy_files();
      adopt_store(*portable, file_system_, to_.blobs());  // the original may still run: this is another pair
      if (!to_.embedded_database()) fill_database(*portable);
    }
    sync_file(scratch);
    if (to_.embedded_database())
      fs::rename(scratch, to_.database_url.substr(std::string_view("file:").size()));
    else
      fs::remove(scratch);
    sync_directory(to_.data_dir);
    return report_;
  }

 private:
  [[nodiscard]] std::unexpected<Error> damaged(std::string_view why) const {
    return fail(Error::invalid(fmt::format("the backup in {} is damaged: {}", directory_, why)));
  }

  Result<void> check_empty(db::Database& portable) {
    tables_ = portable.read([](db::Connection& tx) { return tables_of(tx); });
    target_ = db::open({.url = to_.database_url, .connections = 2});
    if (target_->read([&](db::Connection& tx) { return is_empty(tx, tables_); })) return {};
    return fail(Error::conflict("the database is not empty: a restore never mixes with what is there"));
  }

  Result<void> copy_objects(db::Database& portable) {
    const auto from = blob::FilesystemStore::open(file_system_, directory_ + "/blobs", {.small_bytes = 0});
    const auto to = blob::FilesystemStore::open(file_system_, to_.blobs());
    const auto rows = portable.read([](db::Connection& tx) {
      return tx.query<std::string, std::int64_t, std::int64_t>(
          "SELECT digest, generation, size FROM blobs WHERE state = 'live'");
    });
    ObjectCopier copier(*from, *to);
    for (const auto& [text, generation, size] : rows) {
      if (std::ranges::find(facts_.damaged, text) != facts_.damaged.end()) {
        report_.damaged.push_back(text);
        continue;
      }
      const auto copied = copier.copy({Digest::parse(text).value(), generation}, static_cast<std::uint64_t>(size));
      if (!copied) return fail(copied.error());
      if (*copied == Copied::kDamaged) return damaged("its bytes of the blob " + text + " are lost or changed");
      ++report_.objects;
      report_.bytes += size;
    }
    if (auto finished = copier.finish(); !finished) return finished;
    return mark_damaged(portable);
  }

  /// So that clients push them again, instead of being promised what cannot be read.
  Result<void> mark_damaged(db::Database& portable) {
    return portable.write([&](db::Connection& tx) -> Result<void> {
      for (const auto& digest : report_.damaged)
        tx.execute(
            "UPDATE blobs SET quarantined_at = :now, damage = 'missing' WHERE digest = :digest AND state = 'live'",
            facts_.taken_at, digest);
      return {};
    });
  }

  void copy_files() {
    if (facts_.has_secrets_key() && to_.secrets_key_file.empty())
      copy_file_durably(directory_ + "/secrets.key", to_.own_key());
    copy_directory_durably(directory_ + "/tls", to_.data_dir + "/tls");
  }

  void fill_database(db::Database& portable) {
    static_cast<void>(target_->write([&](db::Connection& into) -> Result<void> {
      portable.read([&](db::Connection& view) {
        copy_tables(view, into, tables_);
        return true;
      });
      return {};
    }));
  }

  const std::string directory_;
  const Installation& to_;
  const BackupFacts facts_;
  blob::PosixFileSystem file_system_;
  std::vector<Table> tables_;
  std::unique_ptr<db::Database> target_;
  RestoreReport report_;
};

Result<void> check_unused(const std::string& data_dir) {
  for (const auto& entry : fs::directory_iterator(data_dir))
    if (entry.path().filename() != "lock")
      return fail(Error::conflict(fmt::format("{} is not empty (it has {}): a restore needs a directory of its own",
                                              data_dir, entry.path().filename().string())));
  return {};
}

}  // namespace

Result<RestoreReport> restore(const std::string& directory, const Installation& to) {
  auto facts = read_facts(directory);
  if (!facts) return fail(facts.error());
  if (!facts->has_secrets_key() && to.secrets_key_file.empty())
    return fail(Error::invalid(
        "the secrets key is not in the backup, as its server had it elsewhere: name it with --secrets-key-file"));
  fs::create_directories(to.data_dir);
  fs::permissions(to.data_dir, fs::perms::owner_all);
  const auto lock = blob::StoreLock::acquire(to.data_dir);
  if (!lock) return fail(lock.error());
  if (auto unused = check_unused(to.data_dir); !unused) return fail(unused.error());
  Undo undo(to.data_dir);
  auto report = Restore(directory, to, std::move(*facts)).run();
  if (report) undo.disarm();
  return report;
}

}  // namespace berth::integrity
