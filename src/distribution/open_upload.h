#pragma once

#include <memory>
#include <optional>

#include "base/sha.h"
#include "blob/blob_store.h"
#include "db/database.h"
#include "distribution/caller.h"
#include "distribution/hash_helpers.h"
#include "distribution/upload_claims.h"
#include "distribution/upload_rows.h"

namespace berth::distribution {

/// What an open upload works with; outlives it.
struct UploadParts {
  db::Database& database;
  blob::BlobStore& store;
  const Clock& clock;
  HashHelpers& helpers;
  Duration lifetime;  // after the last request
};

/// An upload while one request works on it: bytes are hashed as they are written, and both states are kept together in
/// the row, so that the next request, or the next process, goes on at the last durable byte. One thread at a time.
class OpenUpload {
 public:
  /// `claim` is empty for a push in one request, which has no row: nobody else knows its id.
  OpenUpload(UploadParts parts, Caller caller, Place place, UploadRow row, std::optional<UploadClaims::Claim> claim,
             std::unique_ptr<blob::UploadSession> session, Hasher hasher);

  /// kUnavailable when the store fails; nothing was taken then. kQuota: the upload is over.
  [[nodiscard]] Result<void> append(std::string_view bytes);
  [[nodiscard]] std::int64_t received() const { return session_->received(); }
  [[nodiscard]] const std::string& id() const { return row_.id; }
  [[nodiscard]] const Place& place() const { return place_; }
  [[nodiscard]] const Caller& caller() const { return caller_; }

  /// The digest is about to be named: an upload without bytes hashes with its algorithm from the start.
  void expect(const Digest& digest);

  /// Keeps what came so far for the next request. kUploadUnknown when the upload was cancelled or taken over.
  [[nodiscard]] Result<void> suspend();
  /// The bytes become the blob. kDigestInvalid when they are others: the upload is over then.
  [[nodiscard]] Result<void> finish(const Digest& digest);
  /// Forgets everything.
  void drop();

 private:
  [[nodiscard]] bool has_row() const { return claim_.has_value(); }
  /// Leaves nothing of the upload.
  [[nodiscard]] std::unexpected<Error> refuse(Error error);
  [[nodiscard]] Result<Digest> digest_under(DigestAlgorithm algorithm);

  UploadParts parts_;
  Caller caller_;
  Place place_;
  UploadRow row_;
  std::optional<UploadClaims::Claim> claim_;
  std::unique_ptr<blob::UploadSession> session_;
  Hasher hasher_;
  bool refused_ = false;
};

}  // namespace berth::distribution
