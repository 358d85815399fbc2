#pragma once

#include "integrity/verify.h"

namespace berth::integrity {

/// What became of one object.
enum class Copied { kThere, kCopied, kDamaged };

/// Brings an object over, durably, its bytes held against its digest on the way. kThere: `to` has one of that name and
/// size, which never changes. kDamaged: `from` does not have these bytes; `to` gets nothing. An Error is kUnavailable
/// and about `to`. Throws std::system_error when a store fails as a whole.
[[nodiscard]] Result<Copied> copy_object(blob::BlobStore& from, blob::BlobStore& to, const blob::ObjectName& name,
                                         std::uint64_t size);

}  // namespace berth::integrity
