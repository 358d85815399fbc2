#pragma once

#include <optional>

#include "blob/blob_store.h"
#include "blob/directories.h"
#include "blob/journal.h"
#include "blob/open_files.h"

namespace berth::blob {

/// What the sessions of one store share; the store owns it.
struct FilesystemParts {
  FileSystem& file_system;
  Directories& directories;
  OpenFiles& open_files;
  Journal& journal;
  std::size_t small_bytes;  // at most so many go through the journal
};

/// The bytes in memory while they are few, else a file under uploads/. See UploadSession for what each method promises.
class FilesystemSession final : public UploadSession {
 public:
  /// From the first byte on; what is left of an earlier session of that id is dropped.
  static std::unique_ptr<FilesystemSession> fresh(FilesystemParts parts, std::string id);
  /// Takes up the first `received` bytes, which were durable; what was written after them is dropped.
  static Result<std::unique_ptr<FilesystemSession>> continued(FilesystemParts parts, std::string id,
                                                              std::int64_t received);

  Result<void> append(std::string_view bytes) override;
  [[nodiscard]] std::int64_t received() const override { return received_; }
  Result<SessionState> suspend() override;
  Result<void> commit(const ObjectName& name) override;
  void cancel() noexcept override;

  /// commit() in pieces, for many sessions at once (FilesystemStore::commit_together): all bytes are in a file; they
  /// are durable; the object has its name, whose entry in the directory is still to be synced.
  Outcome<void> ready_file();
  Outcome<void> sync_bytes();
  Outcome<void> give_name(const ObjectName& name);

 private:
  enum class Stage {
    kOpen,
    kBroken,  // an fsync failed: what the disk has of the bytes since the last one is unknown, and stays so
    kPlaced,  // under its final name, perhaps not durably; the bytes may not change any more
    kDone,
  };

  FilesystemSession(FilesystemParts parts, std::string id) : parts_(parts), id_(std::move(id)) {}

  Outcome<void> usable() const;
  Outcome<void> spill();
  Outcome<void> trim();
  Outcome<void> place(const ObjectName& name);
  Outcome<Directories::Directory> rename_into_place(const ObjectName& name);
  /// False when the object must take the long way: not small, or its name is taken.
  Outcome<bool> place_small(const ObjectName& name);
  Outcome<bool> keep_existing(const File& directory, const std::string& file_name);

  FilesystemParts parts_;
  std::string id_;
  Stage stage_ = Stage::kOpen;
  std::string small_;  // all the bytes, while there is no file
  std::optional<File> file_;
  std::int64_t received_ = 0;
  std::int64_t synced_ = 0;            // bytes that fdatasync has confirmed
  std::int64_t handed_over_ = 0;       // bytes that the kernel was asked to start writing
  bool entry_durable_ = false;         // the name under uploads/
  bool longer_than_received_ = false;  // a failed append may have left bytes behind
};

}  // namespace berth::blob
