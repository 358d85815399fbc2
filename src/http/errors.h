#pragma once

#include "base/error.h"
#include "http/message.h"

namespace berth::http {

/// One row of the only table that maps a fault to the wire.
struct FaultRow {
  Fault fault;
  int status;
  std::string_view oci_code;  // OCI distribution-spec, "Error Codes"
  std::string_view title;     // RFC 9457 title
  int retry_after = 0;        // seconds; 0: no Retry-After
};
[[nodiscard]] const FaultRow& row_of(Fault fault);

/// {"errors":[{"code","message","detail"}]}: one entry per subject where the error has several (registry.md 1.3, 26).
[[nodiscard]] Response oci_error(const Error& error);
/// application/problem+json (RFC 9457) with the stable `code`, and `subjects` where something stands in the way.
[[nodiscard]] Response problem(const Error& error, std::string_view request_id);

}  // namespace berth::http
