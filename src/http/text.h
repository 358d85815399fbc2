#pragma once

#include <string_view>

namespace berth::http {

/// Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates) without the character zero: what PostgreSQL stores as
/// text and what JSON answers may hold.
[[nodiscard]] bool is_utf8(std::string_view text);
/// is_utf8(), and no control characters either: what may name something.
[[nodiscard]] bool is_clean_text(std::string_view text);

/// The path with its needless escapes undone: %76 is "v" (RFC 3986, 6.2.2.2). Whoever compares paths, or their
/// beginnings, then sees what the router sees. %2F and all else that is no unreserved character stays.
[[nodiscard]] std::string plain_path(std::string path);

}  // namespace berth::http
