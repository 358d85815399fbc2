#include "blob/tests/support/faulty_file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace berth::blob::testing {
namespace {

struct stat stat_of(int descriptor) {
  struct stat raw{};
  if (::fstat(descriptor, &raw) != 0) throw std::system_error(errno, std::generic_category(), "fstat");
  return raw;
}

std::uint64_t inode_of(int descriptor) {
  return stat_of(descriptor).st_ino;
}

std::string content_of(int descriptor) {
  std::string bytes(static_cast<std::size_t>(stat_of(descriptor).st_size), '\0');
  if (::pread(descriptor, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("a file of the test could not be read");
  return bytes;
}

}  // namespace

void FaultyFileSystem::fail_call(std::size_t n, int number) {
  heal();
  const std::lock_guard lock(guard_);
  fail_at_ = n;
  number_ = number;
}

void FaultyFileSystem::fail_from(std::size_t n, int number) {
  fail_call(n, number);
  const std::lock_guard lock(guard_);
  stays_failed_ = true;
}

void FaultyFileSystem::heal() {
  const std::lock_guard lock(guard_);
  calls_ = 0;
  fail_at_.reset();
  stays_failed_ = has_failed_ = false;
}

std::size_t FaultyFileSystem::calls() const {
  const std::lock_guard lock(guard_);
  return calls_;
}

bool FaultyFileSystem::has_failed() const {
  const std::lock_guard lock(guard_);
  return has_failed_;
}

std::optional<SystemError> FaultyFileSystem::inject(std::string_view call) {
  const auto n = calls_++;
  if (!fail_at_ || n < *fail_at_ || (n > *fail_at_ && !stays_failed_)) return std::nullopt;
  has_failed_ = true;
  return SystemError{call, number_};
}

// What was there before anybody looked is as durable as it is found.
FaultyFileSystem::NodePtr FaultyFileSystem::node_of(int descriptor) {
  auto& node = nodes_[inode_of(descriptor)];
  if (node) return node;
  const auto raw = stat_of(descriptor);
  node = std::make_shared<Node>();
  node->directory = S_ISDIR(raw.st_mode);
  if (S_ISREG(raw.st_mode)) node->content = content_of(descriptor);
  if (node->directory) capture_entries(descriptor);
  return node;
}

FaultyFileSystem::NodePtr FaultyFileSystem::node_at(const File& directory, const std::string& name) {
  const File found(::openat(directory.descriptor(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  return found.descriptor() < 0 ? nullptr : node_of(found.descriptor());
}

FaultyFileSystem::NodePtr FaultyFileSystem::register_new(int descriptor, bool directory) {
  auto node = std::make_shared<Node>();
  node->directory = directory;
  return nodes_[inode_of(descriptor)] = node;
}

void FaultyFileSystem::capture_entries(int descriptor) {
  const auto node = node_of(descriptor);
  node->entries.clear();
  const File own(::openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto names = real_.list(own);
  if (!names) throw std::runtime_error("a directory of the test could not be read");
  for (const auto& name : *names)
    if (auto entry = node_at(own, name)) node->entries.emplace(name, entry);
}

Outcome<File> FaultyFileSystem::open_root(const std::string& path) {
  const std::lock_guard lock(guard_);
  if (auto fault = inject("open")) return std::unexpected(*fault);
  auto root = real_.open_root(path);
  if (!root) return root;
  root_ = path;
  node_of(root->descriptor());
  return root;
}

Outcome<File> FaultyFileSystem::open(const File& directory, const std::string& name, OpenAs as) {
  const std::lock_guard lock(guard_);
  if (auto fault = inject("open")) return std::unexpected(*fault);
  auto file = real_.open(directory, name, as);
  if (file && as == OpenAs::kNew) register_new(file->descriptor(), false);
  if (file && as != OpenAs::kNew) node_of(file->descriptor());
  return file;
}

Outcome<void> FaultyFileSystem::make_directory(const File& directory, const std::string& name) {
  const std::lock_guard lock(guard_);
  if (auto fault = inject("mkdir")) return std::unexpected(*fault);
  auto made = real_.make_directory(directory, name);
  if (!made) return made;
  const auto opened = real_.open(directory, name, OpenAs::kDirectory);
  if (!opened) throw std::runtime_error("a new directory of the test could not be opened");
  register_new(opened->descriptor(), true);
  return made;
}

Outcome<void> FaultyFileSystem::rename(const File& from, const std::string& name, const File& to,
                                       const std::string& new_name) {
  const std::lock_guard lock(guard_);
  if (auto fault = inject("rename")) return std::unexpected(*fault);
  return real_.rename(from, name, to, new_name);
}

Outcome<void> FaultyFileSystem::unlink(const File& directory, const std::string& name) {
  const std::lock_guard lock(guard_);
  if (auto fault = inject("unlink")) return std::unexpected(*fault);
  return real_.unlink(directory, name);
}

Outcome<FileStatus> FaultyFileSystem::status(const File& directory, const std::string& name) {
  const std::lock_guard lock(guard_);
  if (auto fault = inject("stat")) return std::unexpected(*fault);
  return real_.status(directory, name);
}

Outcome<std::vector<std::string>> FaultyFileSystem::list(const File& directory) {
  const std::lock_guard lock(guard_);
  if (auto fault = inject("readdir")) return std::unexpected(*fault);
  return real_.list(directory);
}

Outcome<FileStatus> FaultyFileSystem::status(const File& file) {
  const std::lock_guard lock(guard_);
  if (auto fault = inject("stat")) return std::unexpected(*fault);
  return real_.status(file);
}

Outcome<std::size_t> FaultyFileSystem::write(const File& file, std::string_view bytes, std::uint64_t offset) {
  const std::lock_guard lock(guard_);
  if (auto fault = inject("write")) {
    static_cast<void>(real_.write(file, bytes.substr(0, bytes.size() / 2), offset));
    return std::unexpected(*fault);
  }
  return real_.write(file, short_writes_ ? bytes.substr(0, (bytes.size() + 1) / 2) : bytes, offset);
}

Outcome<void> FaultyFileSystem::truncate(const File& file, std::uint64_t length) {
  const std::lock_guard lock(guard_);
  if (auto fault = inject("truncate")) return std::unexpected(*fault);
  auto cut = real_.truncate(file, length);
  const auto node = node_of(file.descriptor());
  if (cut && length <= node->content.size()) node->tail_lost = false;
  return cut;
}

Outcome<void> FaultyFileSystem::sync_file(const File& file, std::string_view call) {
  const auto fault = inject(call);
  settle(file, fault.has_value());
  if (fault) return std::unexpected(*fault);
  return {};
}

void FaultyFileSystem::settle(const File& file, bool failed) {
  const auto node = node_of(file.descriptor());
  if (failed) {
    // What was in memory only is lost to every later sync; what the disk had, it has.
    node->tail_lost = node->directory || node->tail_lost || node->content != content_of(file.descriptor());
  } else if (node->directory) {
    capture_entries(file.descriptor());
  } else if (!node->tail_lost) {
    node->content = content_of(file.descriptor());
  }
}

void FaultyFileSystem::settle_below(int directory, bool failed) {
  const File own(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto names = real_.list(own);
  if (!names) throw std::runtime_error("a directory of the test could not be read");
  for (const auto& name : *names) {
    const File below(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (below.descriptor() < 0) continue;
    if (node_of(below.descriptor())->directory) settle_below(below.descriptor(), failed);
    settle(below, failed);
  }
}

Outcome<void> FaultyFileSystem::sync_everything(const File&) {
  const std::lock_guard lock(guard_);
  const auto fault = inject("syncfs");
  const File root(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  settle_below(root.descriptor(), fault.has_value());
  settle(root, fault.has_value());
  if (fault) return std::unexpected(*fault);
  return {};
}

Outcome<void> FaultyFileSystem::sync(const File& file) {
  const std::lock_guard lock(guard_);
  return sync_file(file, "fsync");
}

Outcome<void> FaultyFileSystem::sync_data(const File& file) {
  const std::lock_guard lock(guard_);
  return sync_file(file, "fdatasync");
}

void FaultyFileSystem::keep_names(int directory) {
  const File own(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  capture_entries(own.descriptor());
  for (const auto& [name, entry] : node_of(own.descriptor())->entries) {
    const File below(::openat(own.descriptor(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (below.descriptor() >= 0) keep_names(below.descriptor());
  }
}

void FaultyFileSystem::restore(const Node& node, int directory) {
  for (const auto& [name, entry] : node.entries) {
    if (entry->directory) {
      ::mkdirat(directory, name.c_str(), 0750);
      const File below(::openat(directory, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      restore(*entry, below.descriptor());
    } else {
      const File file(::openat(directory, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
      const auto& bytes = entry->content;
      if (::pwrite(file.descriptor(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw std::runtime_error("a file of the test could not be restored");
    }
  }
}

void FaultyFileSystem::power_cut(Unsynced unsynced) {
  heal();
  const std::lock_guard lock(guard_);
  const File root(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (unsynced == Unsynced::kNamesKept) keep_names(root.descriptor());
  const auto disk = node_of(root.descriptor());
  for (const auto& entry : std::filesystem::directory_iterator(root_)) std::filesystem::remove_all(entry.path());
  restore(*disk, root.descriptor());
  nodes_.clear();  // the files have new inodes, and all that is there now is durable
}

}  // namespace berth::blob::testing
