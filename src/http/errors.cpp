#include "http/errors.h"

#include "base/json.h"

namespace berth::http {
namespace {

// OCI codes: docker and containerd show "<code>: <message>" for the codes that they know and "unknown" for all others,
// so every row takes the nearest known one. 403 DENIED is what a full quota looks like in Harbor, too.
constexpr std::array kTable{
    FaultRow{Fault::kInvalid, 400, "UNSUPPORTED", "The request is not valid"},
    FaultRow{Fault::kUnauthenticated, 401, "UNAUTHORIZED", "Authentication is required"},
    FaultRow{Fault::kDenied, 403, "DENIED", "Not allowed"},
    FaultRow{Fault::kNotFound, 404, "NAME_UNKNOWN", "Not found"},
    FaultRow{Fault::kMethodNotAllowed, 405, "UNSUPPORTED", "The method is not allowed here"},
    FaultRow{Fault::kConflict, 409, "DENIED", "Something stands in the way"},
    FaultRow{Fault::kPreconditionFailed, 412, "DENIED", "It has changed in the meantime"},
    FaultRow{Fault::kTooLarge, 413, "SIZE_INVALID", "The body is too large"},
    FaultRow{Fault::kUriTooLong, 414, "UNSUPPORTED", "The address is too long"},
    FaultRow{Fault::kHeadersTooLarge, 431, "UNSUPPORTED", "The header fields are too large"},
    FaultRow{Fault::kUnsupportedMediaType, 415, "MANIFEST_INVALID", "The media type is not supported"},
    FaultRow{Fault::kUnsupported, 405, "UNSUPPORTED", "Not supported"},
    FaultRow{Fault::kRange, 416, "RANGE_INVALID", "The range is not satisfiable"},
    FaultRow{Fault::kQuota, 403, "DENIED", "The quota is used up"},
    FaultRow{Fault::kTimeout, 408, "UNAVAILABLE", "The request took too long"},
    FaultRow{Fault::kExpectation, 417, "UNSUPPORTED", "The expectation is not met"},
    FaultRow{Fault::kTransferCoding, 501, "UNSUPPORTED", "The transfer coding is not known"},
    FaultRow{Fault::kHttpVersion, 505, "UNSUPPORTED", "The version of HTTP is not spoken"},
    FaultRow{Fault::kTooManyRequests, 429, "TOOMANYREQUESTS", "Too many requests", 1},
    FaultRow{Fault::kUnavailable, 503, "UNAVAILABLE", "Not available now", 5},
    FaultRow{Fault::kStarting, 503, "UNAVAILABLE", "The server has just started", 1},
    FaultRow{Fault::kInternal, 500, "UNKNOWN", "Internal error"},
    FaultRow{Fault::kNameInvalid, 400, "NAME_INVALID", "The repository name is not valid"},
    FaultRow{Fault::kNameUnknown, 404, "NAME_UNKNOWN", "The repository is not known"},
    FaultRow{Fault::kTagInvalid, 400, "TAG_INVALID", "The tag is not valid"},
    FaultRow{Fault::kDigestInvalid, 400, "DIGEST_INVALID", "The digest is not valid"},
    FaultRow{Fault::kSizeInvalid, 400, "SIZE_INVALID", "The size is not valid"},
    FaultRow{Fault::kBlobUnknown, 404, "BLOB_UNKNOWN", "The blob is not known"},
    // The specification lists 400, 404 and 405 for a blob that is not deleted.
    FaultRow{Fault::kBlobInUse, 405, "UNSUPPORTED", "The blob is in use"},
    FaultRow{Fault::kUploadUnknown, 404, "BLOB_UPLOAD_UNKNOWN", "The upload is not known"},
    FaultRow{Fault::kUploadInvalid, 400, "BLOB_UPLOAD_INVALID", "The upload is not valid"},
    FaultRow{Fault::kUploadRange, 416, "BLOB_UPLOAD_INVALID", "The chunk does not follow what was received"},
    FaultRow{Fault::kManifestUnknown, 404, "MANIFEST_UNKNOWN", "The manifest is not known"},
    FaultRow{Fault::kManifestInvalid, 400, "MANIFEST_INVALID", "The manifest is not valid"},
    // The specification names no status; distribution answers 400, and the conformance program takes it.
    FaultRow{Fault::kManifestBlobUnknown, 400, "MANIFEST_BLOB_UNKNOWN", "The manifest refers to unknown content"},
};

Response error_response(const FaultRow& row, const Error& error, std::string content_type, const json::value& body) {
  auto response = Response::text(row.status, std::move(content_type), json::serialize(body));
  const auto seconds = error.retry_after > 0 ? error.retry_after : static_cast<std::uint32_t>(row.retry_after);
  if (seconds > 0) response.headers.add("Retry-After", std::to_string(seconds));
  return response;
}

}  // namespace

const FaultRow& row_of(Fault fault) {
  const auto row = std::ranges::find(kTable, fault, &FaultRow::fault);
  return row == kTable.end() ? row_of(Fault::kInternal) : *row;
}

Response oci_error(const Error& error) {
  const auto& row = row_of(error.fault);
  json::array errors;
  for (const auto& subject : error.subjects)
    errors.push_back(json::object{{"code", row.oci_code}, {"message", error.message}, {"detail", subject}});
  if (errors.empty()) errors.push_back(json::object{{"code", row.oci_code}, {"message", error.message}});
  return error_response(row, error, "application/json", json::object{{"errors", std::move(errors)}});
}

Response problem(const Error& error, std::string_view request_id) {
  const auto& row = row_of(error.fault);
  const auto code = name_of(error.fault);
  json::object body{
      {"type", fmt::format("urn:berth:problem:{}", code)},
      {"title", row.title},
      {"status", row.status},
      {"detail", error.message},
      {"code", code},
  };
  if (!request_id.empty()) body["request_id"] = request_id;
  if (!error.subjects.empty()) body["subjects"] = json::value_from(error.subjects);
  return error_response(row, error, "application/problem+json", body);
}

}  // namespace berth::http
