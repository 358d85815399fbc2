#pragma once

#include <string_view>

namespace berth::http {

/// Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates) without control characters. What comes in a path or
/// a query goes into JSON answers, logs and PostgreSQL, and none of them takes anything else.
[[nodiscard]] bool is_clean_text(std::string_view text);

}  // namespace berth::http
