#include "blob/journal_replay.h"

#include <algorithm>
#include <cerrno>

#include "blob/journal_record.h"
#include "blob/placing.h"
#include "blob/system_errors.h"

namespace berth::blob {
namespace {

constexpr std::string_view kTemporary = ".replay";

class Replay {
 public:
  Replay(FileSystem& file_system, Directories& directories) : file_system_(file_system), directories_(directories) {}

  Outcome<void> segment(const std::string& name) {
    auto file = file_system_.open(directories_.journal(), name, OpenAs::kRead);
    if (!file) return std::unexpected(file.error());
    const auto status = file_system_.status(*file);
    if (!status) return std::unexpected(status.error());
    const auto text = read_all({std::make_shared<const File>(std::move(*file)), 0, status->size});
    std::string_view rest = text;
    while (const auto record = take_record(rest))
      if (auto placed = object(*record); !placed) return placed;
    return {};
  }

 private:
  Outcome<void> object(const JournalRecord& record) {
    const auto directory = directories_.make(record.name);
    if (!directory) return std::unexpected(directory.error());
    const auto name = Directories::file_name(record.name);
    const auto whole = is_whole(**directory, name, record.bytes);
    if (!whole) return std::unexpected(whole.error());
    if (*whole) return {};
    const auto& uploads = directories_.uploads();
    const std::string temporary(kTemporary);
    if (auto gone = file_system_.unlink(uploads, temporary); !gone && gone.error().number != ENOENT) return gone;
    if (auto written = write_new_file(file_system_, uploads, temporary, record.bytes); !written) return written;
    return file_system_.rename(uploads, temporary, **directory, name);
  }

  Outcome<bool> is_whole(const File& directory, const std::string& name, std::string_view bytes) {
    auto file = file_system_.open(directory, name, OpenAs::kRead);
    if (!file && means_absent(file.error())) return false;
    if (!file) return std::unexpected(file.error());
    const auto status = file_system_.status(*file);
    if (!status) return std::unexpected(status.error());
    if (!status->regular || status->size != bytes.size()) return false;
    return read_all({std::make_shared<const File>(std::move(*file)), 0, status->size}) == bytes;
  }

  FileSystem& file_system_;
  Directories& directories_;
};

}  // namespace

Outcome<void> replay_journal(FileSystem& file_system, Directories& directories) {
  auto names = file_system.list(directories.journal());
  if (!names) return std::unexpected(names.error());
  if (names->empty()) return {};
  std::ranges::sort(*names);
  Replay replay(file_system, directories);
  for (const auto& name : *names)
    if (auto done = replay.segment(name); !done) return done;
  if (auto synced = file_system.sync_everything(directories.root()); !synced) return synced;
  for (const auto& name : *names)
    if (auto gone = file_system.unlink(directories.journal(), name); !gone) return gone;
  return {};
}

}  // namespace berth::blob
