#include "blob/filesystem_session.h"

#include <cerrno>

#include "blob/placing.h"
#include "blob/system_errors.h"

namespace berth::blob {
namespace {

// Writing back while the client still sends keeps the fsync at the end short.
constexpr std::int64_t kWriteBackStep = 8 << 20;

std::unexpected<Error> unknown_upload() {
  return fail(Fault::kUploadUnknown, "the upload is not known");
}

}  // namespace

std::unique_ptr<FilesystemSession> FilesystemSession::fresh(FilesystemParts parts, std::string id) {
  return std::unique_ptr<FilesystemSession>(new FilesystemSession(parts, std::move(id)));
}

Result<std::unique_ptr<FilesystemSession>> FilesystemSession::continued(FilesystemParts parts, std::string id,
                                                                        std::int64_t received) {
  if (received < 0) return unknown_upload();
  auto session = fresh(parts, std::move(id));
  if (received == 0) return session;
  auto file = parts.file_system.open(parts.directories.uploads(), session->id_, OpenAs::kReadWrite);
  if (!file && (means_absent(file.error()) || file.error().number == EISDIR)) return unknown_upload();
  if (!file) return fail(to_error(file.error()));
  const auto status = parts.file_system.status(*file);
  if (!status) return fail(to_error(status.error()));
  // A second link means that these bytes are a blob already (a rename that the disk has kept by half).
  if (!status->regular || status->links != 1 || status->size < static_cast<std::uint64_t>(received))
    return unknown_upload();
  session->file_ = std::move(*file);
  session->received_ = session->synced_ = session->handed_over_ = received;
  session->entry_durable_ = true;
  session->longer_than_received_ = status->size > static_cast<std::uint64_t>(received);
  if (auto trimmed = session->trim(); !trimmed) return fail(to_error(trimmed.error()));
  return session;
}

Outcome<void> FilesystemSession::usable() const {
  if (stage_ == Stage::kOpen) return {};
  return std::unexpected(SystemError{"the session has ended or failed", stage_ == Stage::kBroken ? EIO : EINVAL});
}

Outcome<void> FilesystemSession::ready_file() {
  if (auto open = usable(); !open) return open;
  if (file_) return trim();
  const auto& uploads = parts_.directories.uploads();
  auto made = parts_.file_system.open(uploads, id_, OpenAs::kNew);
  if (!made && made.error().number == EEXIST) {
    if (auto gone = parts_.file_system.unlink(uploads, id_); !gone) return gone;
    made = parts_.file_system.open(uploads, id_, OpenAs::kNew);
  }
  if (!made) return std::unexpected(made.error());
  file_ = std::move(*made);
  if (auto spilled = spill(); !spilled) {
    file_.reset();  // the next one to need it begins again
    return spilled;
  }
  return {};
}

Outcome<void> FilesystemSession::spill() {
  auto written = write_all(parts_.file_system, *file_, small_, 0);
  if (written) small_ = std::string();
  return written;
}

Outcome<void> FilesystemSession::trim() {
  if (!longer_than_received_) return {};
  auto cut = parts_.file_system.truncate(*file_, static_cast<std::uint64_t>(received_));
  if (cut) longer_than_received_ = false;
  return cut;
}

Result<void> FilesystemSession::append(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (!file_ && stage_ == Stage::kOpen && small_.size() + bytes.size() <= parts_.small_bytes) {
    small_ += bytes;
    received_ += static_cast<std::int64_t>(bytes.size());
    return {};
  }
  if (auto ready = ready_file(); !ready) return fail(to_error(ready.error()));
  if (auto written = write_all(parts_.file_system, *file_, bytes, static_cast<std::uint64_t>(received_)); !written) {
    longer_than_received_ = true;
    static_cast<void>(trim());  // when even that fails, the next append or commit does it or fails itself
    return fail(to_error(written.error()));
  }
  received_ += static_cast<std::int64_t>(bytes.size());
  if (received_ - handed_over_ >= kWriteBackStep) {
    parts_.file_system.start_writing(*file_, static_cast<std::uint64_t>(handed_over_),
                                     static_cast<std::uint64_t>(received_ - handed_over_));
    handed_over_ = received_;
  }
  return {};
}

Outcome<void> FilesystemSession::sync_bytes() {
  if (synced_ == received_ && received_ > 0) return {};
  auto synced = parts_.file_system.sync_data(*file_);
  if (synced) {
    synced_ = received_;
  } else {
    stage_ = Stage::kBroken;
  }
  return synced;
}

Result<SessionState> FilesystemSession::suspend() {
  if (auto open = usable(); !open) return fail(to_error(open.error()));
  if (received_ == 0) return SessionState{};
  if (auto ready = ready_file(); !ready) return fail(to_error(ready.error()));
  if (auto synced = sync_bytes(); !synced) return fail(to_error(synced.error()));
  if (!entry_durable_) {
    if (auto synced = parts_.file_system.sync(parts_.directories.uploads()); !synced)
      return fail(to_error(synced.error()));
    entry_durable_ = true;
  }
  return SessionState{.opaque = {}, .received = received_};
}

Result<void> FilesystemSession::commit(const ObjectName& name) {
  if (auto placed = place(name); !placed) return fail(to_error(placed.error()));
  stage_ = Stage::kDone;
  file_.reset();
  return {};
}

Outcome<void> FilesystemSession::place(const ObjectName& name) {
  if (stage_ == Stage::kOpen && !file_) {
    const auto placed = place_small(name);
    if (!placed) return std::unexpected(placed.error());
    if (*placed) return {};
  }
  if (stage_ != Stage::kPlaced) {
    if (auto ready = ready_file(); !ready) return ready;
    if (auto synced = sync_bytes(); !synced) return synced;
  }
  const auto directory = rename_into_place(name);
  if (!directory) return std::unexpected(directory.error());
  return parts_.file_system.sync(**directory);
}

Outcome<void> FilesystemSession::give_name(const ObjectName& name) {
  if (auto directory = rename_into_place(name); !directory) return std::unexpected(directory.error());
  stage_ = Stage::kDone;
  file_.reset();
  return {};
}

Outcome<Directories::Directory> FilesystemSession::rename_into_place(const ObjectName& name) {
  auto directory = parts_.directories.make(name);
  if (!directory) return directory;
  const auto file_name = Directories::file_name(name);
  const auto kept = keep_existing(**directory, file_name);
  if (!kept) return std::unexpected(kept.error());
  const auto& uploads = parts_.directories.uploads();
  if (*kept) {
    static_cast<void>(parts_.file_system.unlink(uploads, id_));  // else leftovers() tells it to the sweep
  } else {
    if (auto renamed = parts_.file_system.rename(uploads, id_, **directory, file_name); !renamed)
      return std::unexpected(renamed.error());
    parts_.open_files.forget(name);
  }
  stage_ = Stage::kPlaced;
  return directory;
}

Outcome<bool> FilesystemSession::place_small(const ObjectName& name) {
  if (parts_.small_bytes == 0 || !parts_.journal.usable()) return false;
  const auto directory = parts_.directories.make(name);
  if (!directory) return std::unexpected(directory.error());
  const auto journaled = parts_.journal.append({name, small_});
  if (!journaled) return std::unexpected(journaled.error());
  // Under its final name at once: nobody looks for it there before its row exists, and the journal has it whole.
  const auto written = write_new_file(parts_.file_system, **directory, Directories::file_name(name), small_);
  if (!written && written.error().number == EEXIST) return false;
  if (!written) return std::unexpected(written.error());
  parts_.open_files.forget(name);
  stage_ = Stage::kPlaced;
  return true;
}

Outcome<bool> FilesystemSession::keep_existing(const File& directory, const std::string& file_name) {
  const auto existing = parts_.file_system.open(directory, file_name, OpenAs::kRead);
  if (!existing && means_absent(existing.error())) return false;
  if (!existing) return std::unexpected(existing.error());
  const auto status = parts_.file_system.status(*existing);
  if (!status) return std::unexpected(status.error());
  if (!status->regular || status->size != static_cast<std::uint64_t>(received_)) return false;
  // Whoever put it there may have died before it was durable. When it cannot be made so, ours takes its place.
  return parts_.file_system.sync(*existing).has_value();
}

void FilesystemSession::cancel() noexcept {
  if (stage_ == Stage::kDone || stage_ == Stage::kPlaced) return;
  static_cast<void>(parts_.file_system.unlink(parts_.directories.uploads(), id_));  // else the sweep finds it
  file_.reset();
  stage_ = Stage::kDone;
}

}  // namespace berth::blob
