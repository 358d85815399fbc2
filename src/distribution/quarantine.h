#pragma once

#include <string_view>

#include "base/clock.h"
#include "blob/blob_store.h"
#include "db/database.h"
#include "distribution/content_changes.h"

/// Blobs whose stored object is not what its digest says. A quarantined blob keeps its row and its links: reads do not
/// find it (404, so that clients push it again), manifests that refer to it stay, and the first push of its bytes, into
/// whatever repository, stores the next generation and brings it back everywhere.
namespace berth::distribution {

/// What is wrong with an object.
enum class Damage { kMissing, kSize, kContent, kUnreadable };
/// "missing", "size", "content", "unreadable".
[[nodiscard]] std::string_view name_of(Damage damage);

/// True when the blob was not quarantined before. Nothing happens when the row has moved on to another generation.
/// Writes the event dev.berth.blob.damaged. Any thread.
bool quarantine(db::Database& database, ContentChanges& changes, const blob::ObjectName& object, Damage damage,
                Time now);
/// The bytes are right after all: a disk that was not mounted is back. True when the blob was quarantined.
bool lift_quarantine(db::Database& database, const blob::ObjectName& object);

/// What a failed read says about the object, as far as that is told without reading it: it is not there, or of another
/// length. nullopt: the object is as its row says, and the store has another trouble. Throws std::system_error.
[[nodiscard]] std::optional<Damage> obvious_damage(blob::BlobStore& store, const blob::ObjectName& object,
                                                   std::uint64_t size);

}  // namespace berth::distribution
