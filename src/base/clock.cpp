#include "base/clock.h"

#include <ctime>

namespace berth {
namespace {

constexpr Time kFirst = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
constexpr Time kLast = std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1) - Duration(1);

std::tm to_tm(Time time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

/// Reads exactly `digits` decimal digits at `at`; -1 when they are not there.
int number(std::string_view text, std::size_t at, std::size_t digits) {
  if (text.size() < at + digits) return -1;
  int value = 0;
  for (const char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// The part after the seconds: ".123" (any number of digits), then "Z" or "+hh:mm".
Result<Duration> fraction_and_offset(std::string_view text) {
  const auto bad = fail(Fault::kInvalid, "a time is written as in 2026-11-21T03:04:05Z (RFC 3339)");
  std::int64_t millis = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    std::size_t digits = 0;
    for (std::int64_t scale = 100; digits < text.size() && text[digits] >= '0' && text[digits] <= '9';
         ++digits, scale /= 10)
      millis += (text[digits] - '0') * scale;
    if (digits == 0) return bad;
    text.remove_prefix(digits);
  }
  if (text == "Z" || text == "z") return Duration(millis);
  const int hours = number(text, 1, 2);
  const int minutes = number(text, 4, 2);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || hours < 0 || hours > 23 ||
      minutes < 0 || minutes > 59)
    return bad;
  const auto offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return Duration(millis) - (text[0] == '+' ? offset : -offset);
}

}  // namespace

std::string to_rfc3339(Time time) {
  const auto parts = to_tm(time);
  const auto millis = (time - std::chrono::floor<std::chrono::seconds>(time)).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, millis);
}

Result<Time> parse_rfc3339(std::string_view text) {
  const auto bad = fail(Fault::kInvalid, "a time is written as in 2026-11-21T03:04:05Z (RFC 3339)");
  if (text.size() < 20 || text.size() > 64 || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
    return bad;
  const int year = number(text, 0, 4), month = number(text, 5, 2), day = number(text, 8, 2);
  const int hour = number(text, 11, 2), minute = number(text, 14, 2), second = number(text, 17, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60)
    return bad;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return bad;
  const auto rest = fraction_and_offset(text.substr(19));
  if (!rest) return fail(rest.error());
  const auto time = Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                    std::chrono::seconds(second) + *rest;
  // An offset or a leap second can lead out of the four-digit years, where there is no text for it.
  if (time < kFirst || time > kLast) return bad;
  return time;
}

std::string to_http_date(Time time) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto parts = to_tm(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays.at(static_cast<std::size_t>(parts.tm_wday)),
                     parts.tm_mday, kMonths.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

Time SystemClock::now() const {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

}  // namespace berth
