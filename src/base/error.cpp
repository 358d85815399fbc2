#include "base/error.h"

namespace berth {

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::kInvalid:
      return "invalid";
    case Fault::kUnauthenticated:
      return "unauthenticated";
    case Fault::kDenied:
      return "denied";
    case Fault::kNotFound:
      return "not_found";
    case Fault::kMethodNotAllowed:
      return "method_not_allowed";
    case Fault::kConflict:
      return "conflict";
    case Fault::kPreconditionFailed:
      return "precondition_failed";
    case Fault::kTooLarge:
      return "too_large";
    case Fault::kUriTooLong:
      return "uri_too_long";
    case Fault::kHeadersTooLarge:
      return "headers_too_large";
    case Fault::kUnsupportedMediaType:
      return "unsupported_media_type";
    case Fault::kUnsupported:
      return "unsupported";
    case Fault::kRange:
      return "range_not_satisfiable";
    case Fault::kQuota:
      return "quota_exceeded";
    case Fault::kTimeout:
      return "timeout";
    case Fault::kExpectation:
      return "expectation_failed";
    case Fault::kTransferCoding:
      return "transfer_coding";
    case Fault::kHttpVersion:
      return "http_version";
    case Fault::kTooManyRequests:
      return "too_many_requests";
    case Fault::kUnavailable:
      return "unavailable";
    case Fault::kStarting:
      return "starting";
    case Fault::kInternal:
      return "internal";
    case Fault::kNameInvalid:
      return "name_invalid";
    case Fault::kNameUnknown:
      return "name_unknown";
    case Fault::kTagInvalid:
      return "tag_invalid";
    case Fault::kDigestInvalid:
      return "digest_invalid";
    case Fault::kSizeInvalid:
      return "size_invalid";
    case Fault::kBlobUnknown:
      return "blob_unknown";
    case Fault::kBlobInUse:
      return "blob_in_use";
    case Fault::kUploadUnknown:
      return "upload_unknown";
    case Fault::kUploadInvalid:
      return "upload_invalid";
    case Fault::kUploadRange:
      return "upload_range";
    case Fault::kManifestUnknown:
      return "manifest_unknown";
    case Fault::kManifestInvalid:
      return "manifest_invalid";
    case Fault::kManifestBlobUnknown:
      return "manifest_blob_unknown";
  }
  return "internal";
}

}  // namespace berth
