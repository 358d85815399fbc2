#include "integrity/fsck.h"

#include "integrity/fsck_checks.h"

namespace berth::integrity {

std::string_view name_of(Finding::Kind kind) {
  using Kind = Finding::Kind;
  switch (kind) {
    case Kind::kBlob:
      return "blob";
    case Kind::kManifest:
      return "manifest";
    case Kind::kTag:
      return "tag";
    case Kind::kCounter:
      return "counter";
    case Kind::kOrphan:
      return "orphan";
    case Kind::kStray:
      break;
  }
  return "stray";
}

std::vector<Finding> fsck(const Stopped& stopped, const FsckOptions& options, Time now) {
  Findings findings;
  check_blobs(stopped, options, now, findings);
  check_orphans(stopped, options, findings);
  check_manifests(stopped.database, findings);
  check_references(stopped.database, findings);
  check_tags(stopped.database, findings);
  check_counters(stopped.database, options, findings);
  return findings;
}

}  // namespace berth::integrity
