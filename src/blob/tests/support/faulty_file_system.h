#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "blob/posix_file_system.h"

namespace berth::blob::testing {

/// What a power cut leaves of what was never synced. Disks do either, and anything between.
enum class Unsynced {
  kLost,       // new names and bytes are gone, removed and renamed files are back
  kNamesKept,  // the directories reached the disk, the files' bytes did not
};

/// The real file system in a directory of a test, with two additions: the n-th call fails, and a power cut takes away
/// whatever was not synced (as LevelDB's fault_injection_test does). A store that runs on it is destroyed before the
/// cut, and a new one opened after it.
///
/// A failed write leaves half of its bytes behind; a failed sync leaves bytes that no later sync makes durable, as
/// kernels do. Whole files are remembered in memory: for small files only. Any thread may call any method.
class FaultyFileSystem final : public FileSystem {
 public:
  /// Calls from now on are counted from 0; the n-th fails with `number`, once.
  void fail_call(std::size_t n, int number);
  /// As fail_call, and so do all calls after it: the disk is gone, until heal().
  void fail_from(std::size_t n, int number);
  void heal();
  /// Every write takes half of what it is given, as a signal or a nearly full disk makes it.
  void shorten_writes() { short_writes_ = true; }
  /// As where another machine keeps the files.
  void sync_files_only() { syncs_everything_ = false; }
  /// Calls since the last fail_call(), fail_from() or heal().
  [[nodiscard]] std::size_t calls() const;
  /// Whether an armed failure has come to pass.
  [[nodiscard]] bool has_failed() const;

  /// Rewrites everything below the root to what the disk would have.
  void power_cut(Unsynced unsynced);

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
  bool syncs_everything(const File&) override { return syncs_everything_; }
  void will_stream(const File&) noexcept override {}
  void start_writing(const File&, std::uint64_t, std::uint64_t) noexcept override {}

 private:
  /// A file or directory, as the disk has it. Inode numbers are used again, so that a node is named by it only while
  /// it exists.
  struct Node {
    bool directory = false;
    std::string content;     // a file's synced bytes
    bool tail_lost = false;  // a sync failed: what comes after `content` never becomes durable
    std::map<std::string, std::shared_ptr<Node>> entries;  // a directory's synced names
  };
  using NodePtr = std::shared_ptr<Node>;

  std::optional<SystemError> inject(std::string_view call);
  NodePtr node_of(int descriptor);
  NodePtr node_at(const File& directory, const std::string& name);
  NodePtr register_new(int descriptor, bool directory);
  void capture_entries(int descriptor);
  Outcome<void> sync_file(const File& file, std::string_view call);
  void settle(const File& file, bool failed);
  void settle_below(int directory, bool failed);
  void keep_names(int directory);
  static void restore(const Node& node, int directory);

  mutable std::mutex guard_;
  PosixFileSystem real_;
  std::string root_;
  std::map<std::uint64_t, NodePtr> nodes_;  // by inode number
  std::size_t calls_ = 0;
  std::optional<std::size_t> fail_at_;
  bool stays_failed_ = false;
  bool short_writes_ = false;
  bool syncs_everything_ = true;
  bool has_failed_ = false;
  int number_ = 0;
};

}  // namespace berth::blob::testing
