#pragma once

#include <string>
#include <string_view>

#include "net/admission.h"

namespace berth::net {

/// The whole answer to a connection that has no place here: 429 or 503 with Retry-After, in the form of errors that
/// belongs to what it has begun to say. Asks no core and writes no log line: it is sent when there are too many of
/// them.
[[nodiscard]] std::string turned_away(Admission::Refused why, std::string_view begun, std::string_view date);

/// The whole answer, in plain text, to HTTP on a port that takes TLS.
[[nodiscard]] std::string sent_to_https(std::string_view date);

}  // namespace berth::net
