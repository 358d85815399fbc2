#pragma once

#include <string>
#include <string_view>

#include "blob/blob_store.h"
#include "db/database.h"
#include "distribution/caller.h"

namespace berth::distribution {

/// The end of a blob push: the bytes durable in the store first, then one transaction that makes the blob exist in the
/// repository. A crash between the two leaves an object that no row names, never a row without its object.
///
/// The object's name is digest and generation (registry.md 8.1): a live or condemned blob keeps its generation (the row
/// is revived, its bytes are still there), one that is gone or quarantined comes back under the next.
class BlobCommit {
 public:
  BlobCommit(db::Database& database, blob::BlobStore& store) : database_(database), store_(store) {}

  /// `session` holds exactly the bytes of `digest`: the caller has checked. Ends the upload's row, too, if it has one.
  /// kDenied when the repository became somebody else's in the meantime.
  [[nodiscard]] Result<void> run(const Caller& caller, const Place& place, blob::UploadSession& session,
                                 const Digest& digest, std::string_view upload_id);

 private:
  db::Database& database_;
  blob::BlobStore& store_;
};

/// A row of `blobs` that is live.
struct BlobRow {
  BlobId id;
  std::int64_t generation = 1;
  std::int64_t size = 0;
};
/// Makes sure that the blob, of which there is a row, is live, and keeps it so until the transaction ends. nullopt: no
/// such blob, it is gone, or it is quarantined.
[[nodiscard]] std::optional<BlobRow> hold_blob(db::Connection& tx, const Digest& digest);
/// Whether the blob exists in the repository.
[[nodiscard]] bool is_linked(db::Connection& tx, const Place& place, const Digest& digest);
/// The blob exists in the repository from here on. False when it did already.
[[nodiscard]] bool link_blob(db::Connection& tx, RepositoryId repository, const Digest& digest, const BlobRow& blob,
                             Time now);

}  // namespace berth::distribution
