#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "blob/blob_store.h"
#include "distribution/quarantine.h"

namespace berth::integrity {

/// Called with each piece of an object that was read, in order. False ends the reading.
using OnPiece = std::function<bool(std::string_view)>;

/// What a reading from end to end found.
struct Verdict {
  std::optional<distribution::Damage> damage;  // nullopt: the bytes are those of the digest
  bool ended = false;                          // on_piece said so: nothing is known
};

/// Reads the object whole, from the disk rather than from the page cache where that is possible, and holds it against
/// its digest and `size`. Throws std::system_error when the store as such fails (check_health()), so that a disk that
/// went away is not taken for thousands of damaged objects. Any thread; one piece of memory.
[[nodiscard]] Verdict verify(blob::BlobStore& store, const blob::ObjectName& name, std::uint64_t size,
                             const OnPiece& on_piece);

}  // namespace berth::integrity
