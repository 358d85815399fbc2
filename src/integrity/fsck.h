#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "blob/blob_store.h"
#include "db/database.h"

namespace berth::integrity {

/// One thing that is not as it should be.
struct Finding {
  enum class Kind {
    kBlob,      // a blob whose object is gone or of another length (or, read_data, of other content)
    kManifest,  // a manifest that is not its digest, or refers to what is not there
    kTag,       // a tag whose manifest is another one than it says
    kCounter,   // a number that can be counted again
    kOrphan,    // an object or an upload's bytes that no row speaks of
    kStray,     // a file that is none of Berth's
  };
  Kind kind;
  std::string text;       // for people, one line
  bool repaired = false;  // by this run
};
/// "blob", "manifest", "tag", "counter", "orphan", "stray".
[[nodiscard]] std::string_view name_of(Finding::Kind kind);

struct FsckOptions {
  bool repair = false;     // counters, orphans; blobs are quarantined. Never deletes what something refers to
  bool read_data = false;  // reads every object whole
};

/// What lies where, for a server that does not run.
struct Stopped {
  db::Database& database;
  blob::BlobStore& store;
  std::string store_root;  // for messages
};

/// Holds rows against objects, objects against rows, tags against manifests, manifests against blobs, payloads against
/// digests, counters against what they count. Nobody else may write meanwhile: the caller holds the data directory's
/// lock. Throws db::Failure and std::system_error.
[[nodiscard]] std::vector<Finding> fsck(const Stopped& stopped, const FsckOptions& options, Time now);

}  // namespace berth::integrity
