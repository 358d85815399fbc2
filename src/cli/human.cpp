#include "cli/human.h"

#include <array>
#include <charconv>

#include "base/encoding.h"

namespace berth::cli {
namespace {

struct Unit {
  std::string_view name;
  double bytes;
};

constexpr std::array<Unit, 4> kBinary{{{"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}}};
constexpr std::array<Unit, 13> kUnits{{{"", 1},
                                       {"b", 1},
                                       {"kib", 0x1p10},
                                       {"mib", 0x1p20},
                                       {"gib", 0x1p30},
                                       {"tib", 0x1p40},
                                       {"k", 0x1p10},
                                       {"m", 0x1p20},
                                       {"g", 0x1p30},
                                       {"kb", 1e3},
                                       {"mb", 1e6},
                                       {"gb", 1e9},
                                       {"tb", 1e12}}};

struct Span {
  std::string_view name;
  std::int64_t seconds;
};
constexpr std::array<Span, 6> kSpans{
    {{"year", 31'557'600}, {"month", 2'629'800}, {"day", 86'400}, {"hour", 3'600}, {"minute", 60}, {"second", 1}}};

struct Rune {
  char32_t code = 0;
  std::size_t length = 1;
};

/// Broken UTF-8 counts byte by byte.
Rune rune_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto lead = byte(0);
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (length == 1 || at + length > text.size()) return {lead, 1};
  char32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {lead, 1};
    code = (code << 6) | (byte(i) & 0x3F);
  }
  return {code, length};
}

// Unicode's East Asian Width, W and F, in blocks.
bool is_wide(char32_t code) {
  constexpr std::pair<char32_t, char32_t> kWide[] = {{0x1100, 0x115F}, {0x2E80, 0xA4CF},   {0xAC00, 0xD7A3},
                                                     {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
                                                     {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
  return std::ranges::any_of(kWide, [&](const auto& block) { return code >= block.first && code <= block.second; });
}

bool is_control(const Rune& rune) {
  const bool broken = rune.length == 1 && rune.code >= 0x80;
  return broken || rune.code < 0x20 || (rune.code >= 0x7F && rune.code < 0xA0);
}

}  // namespace

std::string human_size(std::int64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  const auto* unit = &kBinary.front();
  for (const auto& each : kBinary)
    if (static_cast<double>(bytes) >= each.bytes) unit = &each;
  return fmt::format("{:.1f} {}", static_cast<double>(bytes) / unit->bytes, unit->name);
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  double number = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (code != std::errc() || !(number >= 0)) return std::nullopt;  // nan is not, either
  auto rest = text.substr(static_cast<std::size_t>(stop - text.data()));
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  const auto* unit = std::ranges::find(kUnits, to_lower(rest), &Unit::name);
  if (unit == kUnits.end() || number * unit->bytes >= 0x1p63) return std::nullopt;
  return static_cast<std::int64_t>(number * unit->bytes);
}

std::string human_time(Time time, Time now) {
  const auto apart = std::chrono::duration_cast<std::chrono::seconds>(now - time).count();
  const auto seconds = std::abs(apart);
  if (seconds < 1) return "now";
  const auto* span = std::ranges::find_if(kSpans, [&](const Span& each) { return seconds >= each.seconds; });
  const auto count = seconds / span->seconds;
  const auto words = fmt::format("{} {}{}", count, span->name, count == 1 ? "" : "s");
  return apart > 0 ? words + " ago" : "in " + words;
}

std::optional<Time> parse_expiry(std::string_view text, Time now) {
  std::int64_t number = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto rest = text.substr(static_cast<std::size_t>(stop - text.data()));
  constexpr std::int64_t kMost = 36'500;  // a hundred years of days
  if (code == std::errc() && number > 0 && rest.size() == 1) {
    if (rest == "d" && number <= kMost) return now + std::chrono::days(number);
    if (rest == "h" && number <= kMost * 24) return now + std::chrono::hours(number);
    if (rest == "m" && number <= kMost * 1440) return now + std::chrono::minutes(number);
    return std::nullopt;
  }
  const auto time = parse_rfc3339(text);
  return time ? std::optional(*time) : std::nullopt;
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto rune = rune_at(text, at);
    if (is_control(rune))
      out += ' ';
    else
      out += text.substr(at, rune.length);
    at += rune.length;
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto rune = rune_at(text, at);
    width += is_wide(rune.code) ? 2 : 1;
    at += rune.length;
  }
  return width;
}

}  // namespace berth::cli
