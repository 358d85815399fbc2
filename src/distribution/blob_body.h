#pragma once

#include <optional>
#include <string_view>

#include "distribution/blob_reader.h"
#include "http/message.h"

namespace berth::distribution {

/// 200 without a body, for HEAD.
[[nodiscard]] http::Response describe_blob(const StoredBlob& blob);

/// The answer to a GET with this Range header, if any: 200, 206 with one range or with several parts
/// (multipart/byteranges, RFC 9110 15.3.7.2), 307 where the store is elsewhere, 416, or 400 for too many ranges.
/// kUnavailable when the store fails or has lost the object.
[[nodiscard]] Result<http::Response> blob_body(blob::BlobStore& store, const StoredBlob& blob,
                                               std::optional<std::string_view> range);

/// The whole blob, where its bytes are at hand (BlobStore::recall); else nullopt.
[[nodiscard]] std::optional<http::Response> recall_body(blob::BlobStore& store, const StoredBlob& blob);

}  // namespace berth::distribution
