#include "http/errors.h"

#include "base/json.h"

namespace berth::http {
namespace {

struct Row {
  Fault fault;
  int status;
  std::string_view oci_code;
};

// Written by hand, beside the table: what clients depend on.
constexpr Row kWire[] = {
    {Fault::kInvalid, 400, "UNSUPPORTED"},
    {Fault::kUnauthenticated, 401, "UNAUTHORIZED"},
    {Fault::kDenied, 403, "DENIED"},
    {Fault::kNotFound, 404, "NAME_UNKNOWN"},
    {Fault::kMethodNotAllowed, 405, "UNSUPPORTED"},
    {Fault::kConflict, 409, "DENIED"},
    {Fault::kPreconditionFailed, 412, "DENIED"},
    {Fault::kTooLarge, 413, "SIZE_INVALID"},
    {Fault::kUriTooLong, 414, "UNSUPPORTED"},
    {Fault::kHeadersTooLarge, 431, "UNSUPPORTED"},
    {Fault::kUnsupportedMediaType, 415, "MANIFEST_INVALID"},
    {Fault::kUnsupported, 405, "UNSUPPORTED"},
    {Fault::kRange, 416, "RANGE_INVALID"},
    {Fault::kQuota, 403, "DENIED"},
    {Fault::kTimeout, 408, "UNAVAILABLE"},
    {Fault::kExpectation, 417, "UNSUPPORTED"},
    {Fault::kTransferCoding, 501, "UNSUPPORTED"},
    {Fault::kHttpVersion, 505, "UNSUPPORTED"},
    {Fault::kTooManyRequests, 429, "TOOMANYREQUESTS"},
    {Fault::kUnavailable, 503, "UNAVAILABLE"},
    {Fault::kStarting, 503, "UNAVAILABLE"},
    {Fault::kInternal, 500, "UNKNOWN"},
    {Fault::kNameInvalid, 400, "NAME_INVALID"},
    {Fault::kNameUnknown, 404, "NAME_UNKNOWN"},
    {Fault::kTagInvalid, 400, "TAG_INVALID"},
    {Fault::kDigestInvalid, 400, "DIGEST_INVALID"},
    {Fault::kSizeInvalid, 400, "SIZE_INVALID"},
    {Fault::kBlobUnknown, 404, "BLOB_UNKNOWN"},
    {Fault::kBlobInUse, 405, "UNSUPPORTED"},
    {Fault::kUploadUnknown, 404, "BLOB_UPLOAD_UNKNOWN"},
    {Fault::kUploadInvalid, 400, "BLOB_UPLOAD_INVALID"},
    {Fault::kUploadRange, 416, "BLOB_UPLOAD_INVALID"},
    {Fault::kManifestUnknown, 404, "MANIFEST_UNKNOWN"},
    {Fault::kManifestInvalid, 400, "MANIFEST_INVALID"},
    {Fault::kManifestBlobUnknown, 400, "MANIFEST_BLOB_UNKNOWN"},
};

json::value body_of(const Response& response) {
  return json::parse(std::get<std::string>(response.body.at(0)));
}

TEST(FaultTable, says_what_clients_depend_on) {
  for (const auto& row : kWire) {
    EXPECT_EQ(row_of(row.fault).fault, row.fault) << name_of(row.fault) << " has no row";
    EXPECT_EQ(row_of(row.fault).status, row.status) << name_of(row.fault);
    EXPECT_EQ(row_of(row.fault).oci_code, row.oci_code) << name_of(row.fault);
    EXPECT_FALSE(row_of(row.fault).title.empty()) << name_of(row.fault);
  }
}

TEST(FaultTable, has_a_row_for_every_fault) {
  // name_of() gives "internal" for what is outside the enumeration: walk until it does.
  int known = 0;
  for (int value = 0; value < 256; ++value) {
    const auto fault = static_cast<Fault>(value);
    if (fault != Fault::kInternal && name_of(fault) == "internal") break;
    EXPECT_EQ(row_of(fault).fault, fault) << name_of(fault);
    ++known;
  }
  EXPECT_EQ(known, static_cast<int>(std::size(kWire)));
}

TEST(OciError, has_one_entry) {
  const auto response = oci_error(Error::of(Fault::kManifestUnknown, "no such manifest"));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/json");
  EXPECT_EQ(body_of(response), json::parse(R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"no such manifest"}]})"));
}

TEST(OciError, has_one_entry_per_missing_digest) {
  Error error = Error::of(Fault::kManifestBlobUnknown, "missing");
  error.subjects = {"sha256:a", "sha256:b"};
  EXPECT_EQ(body_of(oci_error(error)),
            json::parse(R"({"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"missing","detail":"sha256:a"},
                                      {"code":"MANIFEST_BLOB_UNKNOWN","message":"missing","detail":"sha256:b"}]})"));
}

TEST(OciError, never_shows_the_detail_for_the_log) {
  const auto response = oci_error(Error::unavailable("not now", "host=10.0.0.7 password=x"));
  EXPECT_EQ(std::get<std::string>(response.body.at(0)).find("10.0.0.7"), std::string::npos);
}

TEST(Problem, has_the_stable_code_and_the_request_id) {
  const auto response = problem(Error::conflict("it is bound", {"retail", "bank"}), "abc");
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/problem+json");
  EXPECT_EQ(body_of(response),
            json::parse(R"({"type":"urn:berth:problem:conflict","title":"Something stands in the way","status":409,
                            "detail":"it is bound","code":"conflict","request_id":"abc","subjects":["retail","bank"]})"));
}

TEST(Problem, never_shows_the_detail_for_the_log) {
  const auto response = problem(Error::unavailable("not now", "host=10.0.0.7"), "abc");
  EXPECT_EQ(std::get<std::string>(response.body.at(0)).find("10.0.0.7"), std::string::npos);
}

TEST(RetryAfter, is_there_when_trying_again_helps) {
  EXPECT_EQ(oci_error(Error::of(Fault::kUnavailable, "x")).headers.find("Retry-After"), "5");
  EXPECT_EQ(oci_error(Error::of(Fault::kTooManyRequests, "x")).headers.find("Retry-After"), "1");
  EXPECT_EQ(problem(Error::of(Fault::kStarting, "x"), "").headers.find("Retry-After"), "1");
  EXPECT_EQ(problem(Error::of(Fault::kInternal, "x"), "").headers.find("Retry-After"), std::nullopt);
  Error throttled = Error::of(Fault::kTooManyRequests, "x");
  throttled.retry_after = 30;
  EXPECT_EQ(problem(throttled, "").headers.find("Retry-After"), "30");
}

}  // namespace
}  // namespace berth::http
