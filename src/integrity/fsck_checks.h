#pragma once

#include "integrity/fsck.h"

/// The parts of fsck(), each a question of its own.
namespace berth::integrity {

/// Where the parts put what they find.
using Findings = std::vector<Finding>;

void check_blobs(const Stopped& stopped, const FsckOptions& options, Time now, Findings& findings);
void check_orphans(const Stopped& stopped, const FsckOptions& options, Findings& findings);
void check_manifests(db::Database& database, Findings& findings);
void check_references(db::Database& database, Findings& findings);
void check_tags(db::Database& database, Findings& findings);
void check_counters(db::Database& database, const FsckOptions& options, Findings& findings);

}  // namespace berth::integrity
