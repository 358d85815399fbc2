#include "http/text.h"

#include "base/encoding.h"

namespace berth::http {
namespace {

struct Lead {
  std::size_t more;       // continuation bytes that follow
  unsigned char lowest;   // of the first of them
  unsigned char highest;  // narrower than 80..BF where a longer form or a surrogate would begin
};

/// RFC 3629, section 4, as a table.
std::optional<Lead> lead_of(unsigned char byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return Lead{1, 0x80, 0xBF};
  if (byte == 0xE0) return Lead{2, 0xA0, 0xBF};
  if (byte == 0xED) return Lead{2, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return Lead{2, 0x80, 0xBF};
  if (byte == 0xF0) return Lead{3, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return Lead{3, 0x80, 0xBF};
  if (byte == 0xF4) return Lead{3, 0x80, 0x8F};
  return std::nullopt;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == 0) return false;
    if (byte < 0x80) continue;
    const auto lead = lead_of(byte);
    if (!lead || text.size() - at <= lead->more) return false;
    const auto first = static_cast<unsigned char>(text[at + 1]);
    if (first < lead->lowest || first > lead->highest) return false;
    for (std::size_t next = 2; next <= lead->more; ++next)
      if ((static_cast<unsigned char>(text[at + next]) & 0xC0) != 0x80) return false;
    at += lead->more;
  }
  return true;
}

bool is_clean_text(std::string_view text) {
  // Nearly all is ASCII, and a loop without a way out is done many bytes at a time.
  bool other = false;
  for (const char c : text) other |= c < 0x20 || c == 0x7F;
  if (!other) return true;
  const auto is_control = [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; };
  return std::ranges::none_of(text, is_control) && is_utf8(text);
}

std::string plain_path(std::string path) {
  if (path.find('%') == std::string::npos) return path;
  std::string plain;
  for (std::size_t at = 0; at < path.size(); ++at) {
    const auto escape = std::string_view(path).substr(at, 3);
    const auto byte = path[at] == '%' ? percent_decode(escape) : std::nullopt;
    if (byte && percent_encode(*byte) == *byte) {
      plain += *byte;
      at += escape.size() - 1;
    } else {
      plain += path[at];
    }
  }
  return plain;
}

}  // namespace berth::http
