#pragma once

#include <memory>

#include "blob/blob_store.h"

namespace berth::distribution {

/// A session with the bytes of `session` and their digest under another algorithm.
struct Rehashed {
  std::unique_ptr<blob::UploadSession> session;
  Digest digest;
};

/// For an upload whose closing PUT names another algorithm than its bytes were hashed with (registry.md 1.3, 9): most
/// clients tell only then that they mean sha512. Hashing both all along would halve the speed of every push for that.
///
/// An open session cannot be read, so its bytes are committed under the digest that they are known to have, `honest`,
/// with a generation that no row ever names, copied from there while they are hashed, and removed. A crash in between
/// leaves an object without a row. kUnsupported where the store only answers reads with redirects.
[[nodiscard]] Result<Rehashed> rehash(blob::BlobStore& store, blob::UploadSession& session, const Digest& honest,
                                      DigestAlgorithm wanted);

}  // namespace berth::distribution
