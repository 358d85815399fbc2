#pragma once

#include "base/clock.h"
#include "db/database.h"
#include "state/snapshot_store.h"

namespace berth::identity {

/// What everything here works on. The three outlive whoever holds this.
struct Context {
  db::Database& database;
  state::SnapshotStore& snapshots;
  const Clock& clock;
};

}  // namespace berth::identity
