#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace berth {

/// Everything a caller can cause. A closed set: each maps to one HTTP status, one OCI error code and one problem
/// `code` (http/errors.cpp is that table, and the only one).
enum class Fault {
  kInvalid,
  kUnauthenticated,
  kDenied,
  kNotFound,
  kMethodNotAllowed,
  kConflict,
  kPreconditionFailed,
  kTooLarge,
  kUriTooLong,
  kHeadersTooLarge,
  kUnsupportedMediaType,
  kUnsupported,
  kRange,
  kQuota,
  kTimeout,
  kExpectation,
  kTransferCoding,
  kHttpVersion,
  kTooManyRequests,
  kUnavailable,
  kStarting,
  kInternal,
  // The registry's own (OCI distribution-spec, "Error Codes").
  kNameInvalid,
  kNameUnknown,
  kTagInvalid,
  kDigestInvalid,
  kSizeInvalid,
  kBlobUnknown,
  kBlobInUse,
  kUploadUnknown,
  kUploadInvalid,
  kUploadRange,
  kManifestUnknown,
  kManifestInvalid,
  kManifestBlobUnknown,
};

/// Why something that a caller asked for was not done. A value: it is returned, never thrown.
///
/// `message` is for the caller and names nothing that they may not see; `detail` is for the log alone.
/// `subjects` are what stands in the way, one each: the missing digests of a manifest, the bindings of a space.
struct Error {
  Fault fault = Fault::kInternal;
  std::string message;
  std::vector<std::string> subjects;
  std::string detail;
  std::uint32_t retry_after = 0;  // seconds until it is worth trying again; 0: the fault's usual

  static Error of(Fault fault, std::string message) { return Error{fault, std::move(message), {}, {}}; }
  static Error invalid(std::string message) { return of(Fault::kInvalid, std::move(message)); }
  static Error denied(std::string message) { return of(Fault::kDenied, std::move(message)); }
  static Error not_found(std::string message) { return of(Fault::kNotFound, std::move(message)); }
  static Error conflict(std::string message, std::vector<std::string> in_the_way = {}) {
    return Error{Fault::kConflict, std::move(message), std::move(in_the_way), {}};
  }
  static Error unavailable(std::string message, std::string detail) {
    return Error{Fault::kUnavailable, std::move(message), {}, std::move(detail)};
  }
};

template <class T>
using Result = std::expected<T, Error>;

/// `return fail(Fault::kDigestInvalid, "…");`
[[nodiscard]] inline std::unexpected<Error> fail(Fault fault, std::string message) {
  return std::unexpected(Error::of(fault, std::move(message)));
}
[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected(std::move(error));
}

/// The fault's stable name, as problem documents and logs show it: "not_found".
[[nodiscard]] std::string_view name_of(Fault fault);

}  // namespace berth
