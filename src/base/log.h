#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace berth::log {

enum class Level { kDebug, kInfo, kWarning, kError };
enum class Format { kText, kJson };

/// One key and its value in a log line. Secrets never become one. Views what it is made of: for arguments only.
struct Field {
  template <std::integral T>
  Field(std::string_view name, T value) : key(name),
                                          number(static_cast<std::int64_t>(value)) {}
  Field(std::string_view name, std::string_view value) : key(name), text(value), is_text(true) {}
  std::string_view key;
  std::string_view text;
  std::int64_t number = 0;
  bool is_text = false;
};

/// Call once, before threads start. Lines go to standard error through a bounded queue: a slow reader never stops a
/// request; what does not fit is dropped and counted.
void start(Level level, Format format);
/// Writes what is queued. Call before the process ends.
void stop();

/// Any thread. `event` is a short constant sentence; what varies goes into fields.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::kDebug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::kInfo, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::kWarning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::kError, event, fields);
}

}  // namespace berth::log
