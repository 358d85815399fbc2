#pragma once

#include <span>

#include "blob/blob_store.h"
#include "blob/directories.h"
#include "blob/file_system.h"
#include "blob/filesystem_session.h"
#include "blob/journal.h"
#include "blob/open_files.h"

namespace berth::blob {

/// Blobs as files under one directory (blob/directories.h has the layout). Reads answer with ranges of open files.
///
/// One process per directory: the caller holds a StoreLock, or only reads (Options::small_bytes). Any thread may call
/// any method.
class FilesystemStore final : public BlobStore {
 public:
  struct Options {
    std::size_t open_files = 256;
    // Objects of so many bytes at most become durable in the journal. 0: there is none, and one that lies there is left
    // alone, which is for who reads beside the server, and for backups.
    std::size_t small_bytes = 32U << 10;
    Journal::Limits journal = {};
  };

  /// Makes the directory when missing (not its parents). Throws std::system_error when it cannot be used.
  /// `file_system` outlives the store.
  static std::unique_ptr<FilesystemStore> open(FileSystem& file_system, const std::string& root, Options options);
  static std::unique_ptr<FilesystemStore> open(FileSystem& file_system, const std::string& root) {
    return open(file_system, root, Options{});
  }

  Result<std::unique_ptr<UploadSession>> begin(std::string_view id) override;
  Result<std::unique_ptr<UploadSession>> resume(std::string_view id, const SessionState& state) override;
  void discard(std::string_view id, const SessionState& state) override;
  /// A FileRange, always.
  Result<Content> read(const ObjectName& name, std::uint64_t offset, std::uint64_t length) override;
  /// Of the files that are open.
  std::optional<FileRange> recall(const ObjectName& name, std::uint64_t offset, std::uint64_t length) override;
  std::optional<std::uint64_t> size(const ObjectName& name) override;
  void remove(const ObjectName& name) override;
  std::vector<Leftover> leftovers() override;
  Part list(std::size_t part) override;
  void check_health() override;

  /// One of those who come together: a session of this store, and what it is to be.
  struct Arrival {
    std::unique_ptr<UploadSession> session;
    ObjectName name;
  };
  /// For who fills a store as a whole (a backup, a restore): commits them all and waits for the disk once, where each
  /// commit() waits twice. An object that is there afterwards is whole, whatever comes; that it is there, is durable
  /// only after settle(). After an error some may be there; those that are not can be cancelled.
  Result<void> commit_together(std::span<const Arrival> arrivals);
  /// Every object that is there now is there for good.
  Result<void> settle();

  /// For a clean stop, when nothing is pushed any more: empties the journal, if the disk can do that in time. Without
  /// it the next start writes again what has been removed since.
  void retire_journal(std::chrono::milliseconds patience) { journal_.retire_all(patience); }

 private:
  FilesystemStore(FileSystem& file_system, std::unique_ptr<Directories> directories, Options options);
  [[nodiscard]] FilesystemParts parts() { return {file_system_, *directories_, open_files_, journal_, small_bytes_}; }
  Outcome<OpenFiles::Opened> open_object(const ObjectName& name);
  Outcome<void> place_together(std::span<const Arrival> arrivals);
  Outcome<void> sync_names();

  FileSystem& file_system_;
  std::unique_ptr<Directories> directories_;
  OpenFiles open_files_;
  const std::size_t small_bytes_;
  Journal journal_;
  std::mutex probing_;
};

}  // namespace berth::blob
