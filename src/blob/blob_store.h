#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/digest.h"
#include "base/error.h"
#include "base/file.h"

/// Where blob bytes lie. The database says which blobs exist (blobs, repository_blobs); a store only keeps bytes.
namespace berth::blob {

/// The stored object's name: digest and generation, so that a collected object and its re-push never share a name.
struct ObjectName {
  Digest digest;
  std::int64_t generation = 1;
  friend auto operator<=>(const ObjectName&, const ObjectName&) = default;
};

/// Read it elsewhere: a presigned URL.
struct Redirect {
  std::string url;
};

/// An answer to a read: bytes of an open file, a stream, or another place.
using Content = std::variant<FileRange, std::unique_ptr<Source>, Redirect>;

/// What a session keeps between two requests, and across a restart of the server. The caller stores it beside the
/// upload's row; `received` is the durable length.
struct SessionState {
  std::string opaque;
  std::int64_t received = 0;
};

/// Bytes on their way in. One thread at a time; the caller makes sure that a session is open once only.
/// A session that is destroyed without commit() or cancel() keeps what was made durable, for BlobStore::resume().
class UploadSession {
 public:
  virtual ~UploadSession() = default;

  /// Appends all or nothing: an Error is kUnavailable (disk full, store gone) and leaves `received` where it was.
  virtual Result<void> append(std::string_view bytes) = 0;
  /// Bytes appended so far.
  [[nodiscard]] virtual std::int64_t received() const = 0;
  /// Makes everything so far durable and tells how to take it up again.
  virtual Result<SessionState> suspend() = 0;
  /// Everything durable, under its final name, directory entry included: what a 201 needs. The caller has checked the
  /// digest. An object of that name that is already there is kept when its size agrees, replaced when not.
  virtual Result<void> commit(const ObjectName& name) = 0;
  /// Forgets the bytes. Any number of times; after commit() it does nothing.
  virtual void cancel() noexcept = 0;
};

/// Filesystem (blob/filesystem_store.h) or S3. Any thread may call any method.
/// Methods with a Result answer kUnavailable when the store fails (disk full, object store gone); the others throw
/// std::system_error. A store outlives its sessions.
class BlobStore {
 public:
  virtual ~BlobStore() = default;

  /// `id` is the upload's UUID; it names the session's temporary object. kUploadInvalid for anything but a UUID.
  virtual Result<std::unique_ptr<UploadSession>> begin(std::string_view id) = 0;
  /// kUploadUnknown when the bytes that `state` speaks of are not there (any more). A state without bytes always
  /// resumes.
  virtual Result<std::unique_ptr<UploadSession>> resume(std::string_view id, const SessionState& state) = 0;
  /// Forgets a session that nobody has open. Unknown ids are fine.
  virtual void discard(std::string_view id, const SessionState& state) = 0;

  /// [offset, offset + length) of an object, kBlobUnknown when it is not there. The range lies inside `size`.
  virtual Result<Content> read(const ObjectName& name, std::uint64_t offset, std::uint64_t length) = 0;
  /// What read() would give, where that costs no system call; else nullopt. Never waits for a disk or a network.
  virtual std::optional<FileRange> recall(const ObjectName&, std::uint64_t /*offset*/, std::uint64_t /*length*/) {
    return std::nullopt;
  }
  /// Its size in bytes, or nullopt.
  virtual std::optional<std::uint64_t> size(const ObjectName& name) = 0;
  /// Unknown names are fine.
  virtual void remove(const ObjectName& name) = 0;

  /// Sessions' temporary objects, for the sweep of those whose row is gone: (id, last change).
  struct Leftover {
    std::string id;
    std::int64_t changed_at_millis;
  };
  virtual std::vector<Leftover> leftovers() = 0;

  struct Stored {
    ObjectName name;
    std::uint64_t size = 0;
    std::int64_t changed_at_millis = 0;
  };
  struct Part {
    std::vector<Stored> objects;      // by name
    std::vector<std::string> strays;  // places below the root of what the store did not put there
  };
  static constexpr std::size_t kParts = 512;
  /// What lies in the store, for who holds it against the database. The parts one after the other give every object,
  /// in the order of names, and no more than one of them is in memory. What comes or goes meanwhile may be seen or not.
  virtual Part list(std::size_t part) = 0;

  /// Throws std::system_error when the store cannot be written.
  virtual void check_health() = 0;
};

}  // namespace berth::blob
