#pragma once

#include "blob/file_system.h"

namespace berth::blob {

/// The real one. Stateless: one for the whole program, made by the composition root, outlives every store.
class PosixFileSystem final : public FileSystem {
 public:
  Outcome<File> open_root(const std::string& path) override;
  Outcome<File> open(const File& directory, const std::string& name, OpenAs as) override;
  Outcome<void> make_directory(const File& directory, const std::string& name) override;
  Outcome<void> rename(const File& from, const std::string& name, const File& to, const std::string& new_name) override;
  Outcome<void> unlink(const File& directory, const std::string& name) override;
  Outcome<FileStatus> status(const File& directory, const std::string& name) override;
  Outcome<std::vector<std::string>> list(const File& directory) override;
  Outcome<FileStatus> status(const File& file) override;
  Outcome<std::size_t> write(const File& file, std::string_view bytes, std::uint64_t offset) override;
  Outcome<void> truncate(const File& file, std::uint64_t length) override;
  Outcome<void> sync(const File& file) override;
  Outcome<void> sync_data(const File& file) override;
  Outcome<void> sync_everything(const File& any) override;
  bool syncs_everything(const File& any) override;
  void will_stream(const File& file) noexcept override;
  void start_writing(const File& file, std::uint64_t offset, std::uint64_t length) noexcept override;
};

}  // namespace berth::blob
