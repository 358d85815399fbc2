#pragma once

#include "blob/directories.h"
#include "blob/file_system.h"

namespace berth::blob {

/// What a start does first: every object in the journal gets its file again where a crash has taken or torn it, all of
/// it is synced, and the journal is empty. An object that was removed meanwhile may be back: no row names it.
///
/// Bounded by the journal's limits (blob/journal.h). Interrupted, or failing, it leaves the journal for the next try.
Outcome<void> replay_journal(FileSystem& file_system, Directories& directories);

}  // namespace berth::blob
