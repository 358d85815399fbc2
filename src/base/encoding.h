#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth {

[[nodiscard]] std::string to_hex(std::string_view raw);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view hex);

/// RFC 4648 section 4 (with padding), and section 5 (URL-safe, without).
[[nodiscard]] std::string to_base64(std::string_view raw);
[[nodiscard]] std::string to_base64url(std::string_view raw);
/// Strict: nullopt for foreign characters, wrong padding or left-over bits. Takes padded and unpadded text.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

/// RFC 3986: everything but unreserved characters becomes %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);
/// nullopt for a broken escape. '+' stays '+'.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// Comparison whose time does not depend on where the strings differ.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b);
/// ASCII only; what HTTP means by case-insensitive.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);
[[nodiscard]] std::string to_lower(std::string_view text);

}  // namespace berth
