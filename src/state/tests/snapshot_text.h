#pragma once

#include <string>

#include "access/snapshot.h"

namespace berth::state::testing {

/// Everything that a snapshot says, a line for each row and each entry of a derived table, sorted: two snapshots of the
/// same data have the same text. `version` is left out: it says when, not what.
[[nodiscard]] std::string text_of(const access::Snapshot& snapshot);

}  // namespace berth::state::testing
