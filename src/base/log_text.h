#pragma once

#include <string>
#include <string_view>

namespace berth::log {

/// Appends "text", quoted and escaped as JSON does it: a log line is one line of UTF-8, whatever a client sends. No
/// control character stays, those beyond ASCII included (a terminal takes U+009B for an escape); a byte that is no
/// UTF-8 becomes U+FFFD, since a collector drops the whole line otherwise.
void append_quoted(std::string& line, std::string_view text);

}  // namespace berth::log
