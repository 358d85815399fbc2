#include "base/log_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace berth::log {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_plain(char c) {
  return c >= ' ' && c < 0x7F && c != '"' && c != '\\';
}

/// How many bytes the character at the start of `text` has; 0 where there is none (RFC 3629, 4).
std::size_t length_of(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto continues = [&](std::size_t i) { return (at(i) & 0xC0) == 0x80; };
  const auto lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && at(1) < 0xA0;
    const bool surrogate = lead == 0xED && at(1) >= 0xA0;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && at(1) < 0x90;
    const bool beyond = lead == 0xF4 && at(1) >= 0x90;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

void append_one(std::string& line, std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  const bool second_controls =
      character.size() == 2 && first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
  if (character == "\"" || character == "\\")
    line.append("\\").append(character);
  else if (character.size() == 1 && (first < 0x20 || first == 0x7F))
    fmt::format_to(std::back_inserter(line), "\\u{:04x}", first);
  else if (second_controls)
    fmt::format_to(std::back_inserter(line), "\\u{:04x}", static_cast<unsigned char>(character[1]));
  else
    line.append(character);
}

}  // namespace

void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  if (std::ranges::all_of(text, is_plain)) {
    line.append(text).append("\"");
    return;
  }
  while (!text.empty()) {
    const auto length = length_of(text);
    append_one(line, length > 0 ? text.substr(0, length) : kReplacement);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  line += '"';
}

}  // namespace berth::log
