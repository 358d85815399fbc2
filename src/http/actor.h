#pragma once

#include <string>

#include "access/snapshot.h"
#include "access/subject.h"

namespace berth::http {

/// The subject as people know it, for the audit log: "user:alice", "robot:ci", "namespace:prod/shop", "anonymous". By
/// id where the snapshot has no such row.
[[nodiscard]] std::string actor_name(const access::Subject& subject, const access::Snapshot& snapshot);

}  // namespace berth::http
