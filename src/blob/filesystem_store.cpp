#include "blob/filesystem_store.h"

#include <cerrno>

#include "blob/journal_replay.h"
#include "blob/object_list.h"
#include "blob/system_errors.h"

namespace berth::blob {
namespace {

constexpr std::string_view kProbe = ".probe";
// Read-ahead pays for blobs of more than one read-ahead window.
constexpr std::uint64_t kStreamedFrom = 1 << 20;

/// RFC 9562, section 4, in lower case: the only names that uploads/ ever gets from outside.
bool is_uuid(std::string_view id) {
  constexpr std::string_view kPattern = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  constexpr std::string_view kHex = "0123456789abcdef";
  return std::ranges::equal(id, kPattern, [&](char c, char p) { return p == '-' ? c == '-' : kHex.contains(c); });
}

bool is_absent(const SystemError& error) {
  return error.number == ENOENT;
}

}  // namespace

std::unique_ptr<FilesystemStore> FilesystemStore::open(FileSystem& file_system, const std::string& root,
                                                       Options options) {
  auto directories = Directories::open(file_system, root);
  if (!directories) raise(directories.error());
  if (options.small_bytes > 0)
    if (auto replayed = replay_journal(file_system, **directories); !replayed) raise(replayed.error());
  return std::unique_ptr<FilesystemStore>(new FilesystemStore(file_system, std::move(*directories), options));
}

FilesystemStore::FilesystemStore(FileSystem& file_system, std::unique_ptr<Directories> directories, Options options)
    : file_system_(file_system),
      directories_(std::move(directories)),
      open_files_(options.open_files),
      small_bytes_(options.small_bytes),
      journal_(file_system_, *directories_, options.journal) {}

Result<std::unique_ptr<UploadSession>> FilesystemStore::begin(std::string_view id) {
  if (!is_uuid(id)) return fail(Fault::kUploadInvalid, "an upload's id is a UUID");
  return FilesystemSession::fresh(parts(), std::string(id));
}

Result<std::unique_ptr<UploadSession>> FilesystemStore::resume(std::string_view id, const SessionState& state) {
  if (!is_uuid(id)) return fail(Fault::kUploadUnknown, "the upload is not known");
  auto session = FilesystemSession::continued(parts(), std::string(id), state.received);
  if (!session) return fail(session.error());
  return std::move(*session);
}

void FilesystemStore::discard(std::string_view id, const SessionState&) {
  if (!is_uuid(id)) return;
  if (auto gone = file_system_.unlink(directories_->uploads(), std::string(id)); !gone && !is_absent(gone.error()))
    raise(gone.error());
}

Outcome<OpenFiles::Opened> FilesystemStore::open_object(const ObjectName& name) {
  if (auto known = open_files_.find(name)) return *known;
  const auto since = open_files_.now();
  const auto directory = directories_->find(name);
  if (!directory) return std::unexpected(directory.error());
  auto file = file_system_.open(**directory, Directories::file_name(name), OpenAs::kRead);
  if (!file) return std::unexpected(file.error());
  const auto status = file_system_.status(*file);
  if (!status) return std::unexpected(status.error());
  if (!status->regular) return std::unexpected(SystemError{"open", ENOENT});
  if (status->size >= kStreamedFrom) file_system_.will_stream(*file);
  OpenFiles::Opened opened{std::make_shared<const File>(std::move(*file)), status->size};
  open_files_.keep(name, opened, since);
  return opened;
}

Result<Content> FilesystemStore::read(const ObjectName& name, std::uint64_t offset, std::uint64_t length) {
  auto opened = open_object(name);
  if (!opened && means_absent(opened.error())) return fail(Fault::kBlobUnknown, "the blob is not known");
  if (!opened) return fail(to_error(opened.error()));
  if (offset > opened->size || length > opened->size - offset)
    return fail(Error::unavailable("the blob store's copy is damaged",
                                   fmt::format("{} has {} bytes, not the {} from {} on that its record promises",
                                               Directories::file_name(name), opened->size, length, offset)));
  return FileRange{.file = std::move(opened->file), .offset = offset, .length = length};
}

std::optional<FileRange> FilesystemStore::recall(const ObjectName& name, std::uint64_t offset, std::uint64_t length) {
  auto opened = open_files_.find(name);
  if (!opened || offset > opened->size || length > opened->size - offset) return std::nullopt;
  return FileRange{.file = std::move(opened->file), .offset = offset, .length = length};
}

std::optional<std::uint64_t> FilesystemStore::size(const ObjectName& name) {
  if (const auto known = open_files_.find(name)) return known->size;
  const auto directory = directories_->find(name);
  if (!directory && means_absent(directory.error())) return std::nullopt;
  if (!directory) raise(directory.error());
  const auto status = file_system_.status(**directory, Directories::file_name(name));
  if (!status && is_absent(status.error())) return std::nullopt;
  if (!status) raise(status.error());
  return status->regular ? std::optional(status->size) : std::nullopt;
}

void FilesystemStore::remove(const ObjectName& name) {
  const auto directory = directories_->find(name);
  if (!directory && means_absent(directory.error())) return;
  if (!directory) raise(directory.error());
  const auto gone = file_system_.unlink(**directory, Directories::file_name(name));
  open_files_.forget(name);
  if (!gone && !is_absent(gone.error())) raise(gone.error());
}

std::vector<BlobStore::Leftover> FilesystemStore::leftovers() {
  const auto names = file_system_.list(directories_->uploads());
  if (!names) raise(names.error());
  std::vector<Leftover> found;
  for (const auto& name : *names) {
    if (!is_uuid(name)) continue;
    const auto status = file_system_.status(directories_->uploads(), name);
    if (!status && !is_absent(status.error())) raise(status.error());
    if (status && !status->directory) found.push_back({name, status->changed_at_millis});
  }
  return found;
}

BlobStore::Part FilesystemStore::list(std::size_t part) {
  auto listed = list_part(file_system_, *directories_, part);
  if (!listed) raise(listed.error());
  return std::move(*listed);
}

Result<void> FilesystemStore::commit_together(std::span<const Arrival> arrivals) {
  if (auto placed = place_together(arrivals); !placed) return fail(to_error(placed.error()));
  return {};
}

Outcome<void> FilesystemStore::place_together(std::span<const Arrival> arrivals) {
  const auto session_of = [](const Arrival& arrival) -> FilesystemSession& {
    return static_cast<FilesystemSession&>(*arrival.session);  // begin() and resume() make no other
  };
  for (const auto& arrival : arrivals)
    if (auto ready = session_of(arrival).ready_file(); !ready) return ready;
  if (file_system_.syncs_everything(directories_->uploads())) {
    if (auto synced = file_system_.sync_everything(directories_->uploads()); !synced) return synced;
  } else {
    for (const auto& arrival : arrivals)
      if (auto synced = session_of(arrival).sync_bytes(); !synced) return synced;
  }
  for (const auto& arrival : arrivals)
    if (auto named = session_of(arrival).give_name(arrival.name); !named) return named;
  return {};
}

Result<void> FilesystemStore::settle() {
  if (auto synced = sync_names(); !synced) return fail(to_error(synced.error()));
  return {};
}

Outcome<void> FilesystemStore::sync_names() {
  if (file_system_.syncs_everything(directories_->blobs())) return file_system_.sync_everything(directories_->blobs());
  for (const std::size_t first : {std::size_t{0}, Directories::kPrefixes}) {
    const auto& algorithm = directories_->algorithm(first);
    const auto names = file_system_.list(algorithm);
    if (!names) return std::unexpected(names.error());
    for (const auto& name : *names) {
      const auto directory = file_system_.open(algorithm, name, OpenAs::kDirectory);
      if (!directory && means_absent(directory.error())) continue;
      if (!directory) return std::unexpected(directory.error());
      if (auto synced = file_system_.sync(*directory); !synced) return synced;
    }
  }
  return {};
}

void FilesystemStore::check_health() {
  const std::lock_guard lock(probing_);
  const auto& uploads = directories_->uploads();
  const std::string name(kProbe);
  if (auto gone = file_system_.unlink(uploads, name); !gone && !is_absent(gone.error())) raise(gone.error());
  auto probe = file_system_.open(uploads, name, OpenAs::kNew);
  if (!probe) raise(probe.error());
  const auto written = file_system_.write(*probe, "berth", 0);
  const auto gone = file_system_.unlink(uploads, name);
  if (!written) raise(written.error());
  if (!gone) raise(gone.error());
}

}  // namespace berth::blob
