#pragma once

#include <vector>

#include "blob/filesystem_store.h"
#include "integrity/verify.h"

namespace berth::integrity {

/// What became of one object.
enum class Copied { kThere, kCopied, kDamaged };

/// Brings objects over into a store that is filled as a whole, the bytes of each held against its digest on the way,
/// and waits for the disk seldom: what was copied can be counted on after finish(). One thread; the stores outlive it.
class ObjectCopier {
 public:
  ObjectCopier(blob::BlobStore& from, blob::FilesystemStore& to) : from_(from), to_(to) {}
  /// What was not finished is forgotten.
  ~ObjectCopier();
  ObjectCopier(const ObjectCopier&) = delete;
  ObjectCopier& operator=(const ObjectCopier&) = delete;

  /// kThere: `to` has one of that name and size, which never changes. kDamaged: `from` does not have these bytes; `to`
  /// gets nothing. An Error is kUnavailable and about `to`. Throws std::system_error when a store fails as a whole.
  [[nodiscard]] Result<Copied> copy(const blob::ObjectName& name, std::uint64_t size);
  /// Everything that was copied, or was there, is durable in `to`.
  [[nodiscard]] Result<void> finish();

 private:
  Result<void> commit();

  blob::BlobStore& from_;
  blob::FilesystemStore& to_;
  std::vector<blob::FilesystemStore::Arrival> arrived_;
  std::uint64_t arrived_bytes_ = 0;
};

}  // namespace berth::integrity
