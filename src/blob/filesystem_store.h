#pragma once

#include "blob/blob_store.h"
#include "blob/directories.h"
#include "blob/file_system.h"
#include "blob/open_files.h"

namespace berth::blob {

/// Blobs as files under one directory (blob/directories.h has the layout). Reads answer with ranges of open files.
///
/// One process per directory: the caller holds a StoreLock. Any thread may call any method.
class FilesystemStore final : public BlobStore {
 public:
  struct Options {
    std::size_t open_files = 256;
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
  std::optional<std::uint64_t> size(const ObjectName& name) override;
  void remove(const ObjectName& name) override;
  std::vector<Leftover> leftovers() override;
  std::vector<Stored> objects(std::size_t part) override;
  void check_health() override;

 private:
  FilesystemStore(FileSystem& file_system, std::unique_ptr<Directories> directories, Options options);
  Outcome<OpenFiles::Opened> open_object(const ObjectName& name);

  FileSystem& file_system_;
  std::unique_ptr<Directories> directories_;
  OpenFiles open_files_;
  std::mutex probing_;
};

}  // namespace berth::blob
