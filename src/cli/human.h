#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

/// Sizes, times and texts as people write and read them. Pure.
namespace berth::cli {

/// "0 B", "1.5 GiB".
[[nodiscard]] std::string human_size(std::int64_t bytes);
/// "1073741824", "10GiB", "1.5 TB"; nullopt for anything else, and for what 63 bits do not hold.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text);

/// "3 minutes ago", "in 29 days".
[[nodiscard]] std::string human_time(Time time, Time now);
/// "30d", "12h", "15m" from now, or an RFC 3339 time; nullopt for anything else.
[[nodiscard]] std::optional<Time> parse_expiry(std::string_view text, Time now);

/// On one line, and without what a terminal would obey: control characters become blanks.
[[nodiscard]] std::string printable(std::string_view text);
/// How many columns a terminal takes for it (UTF-8; East Asian wide characters take two).
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace berth::cli
