#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <memory>

#include "base/clock.h"
#include "base/log_text.h"
#include "base/log_writer.h"

namespace berth::log {
namespace {

std::unique_ptr<Writer> writer;
std::atomic<Level> least = Level::kInfo;
Format format = Format::kText;

std::string_view name_of(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "info";
}

/// The time of now; its seconds are made anew once a second.
class Stamp {
 public:
  void append_to(std::string& line) {
    const auto millis = to_millis(SystemClock().now());
    if (millis / 1000 != second_) {
      second_ = millis / 1000;
      text_ = to_rfc3339(from_millis(second_ * 1000));  // 2026-11-21T03:04:05.000Z
    }
    const auto rest = millis % 1000;
    auto* digits = text_.data() + text_.size() - 4;
    digits[0] = static_cast<char>('0' + rest / 100);
    digits[1] = static_cast<char>('0' + rest / 10 % 10);
    digits[2] = static_cast<char>('0' + rest % 10);
    line += text_;
  }

 private:
  std::int64_t second_ = -1;
  std::string text_;
};

void append_value(std::string& line, const Field& field) {
  if (field.is_text) return append_quoted(line, field.text);
  const fmt::format_int digits(field.number);
  line.append("\"").append(digits.data(), digits.size()).append("\"");
}

// … info    request status="200" path="/v2/"
void render_text(std::string& line, Level level, std::string_view event, std::initializer_list<Field> fields) {
  const auto name = name_of(level);
  line.append(" ").append(name).append(8 - name.size(), ' ').append(event);
  for (const auto& field : fields) {
    line.append(" ").append(field.key).append("=");
    append_value(line, field);
  }
}

// {"time":"…","level":"info","event":"request","status":"200"}
void render_json(std::string& line, Level level, std::string_view event, std::initializer_list<Field> fields) {
  line.append(R"(","level":")").append(name_of(level)).append(R"(","event":)");
  append_quoted(line, event);
  for (const auto& field : fields) {
    line.append(",\"").append(field.key).append("\":");
    append_value(line, field);
  }
  line.append("}");
}

}  // namespace

void start(Level level, Format line_format) {
  format = line_format;
  least = level;
  writer = std::make_unique<Writer>(STDERR_FILENO);
}

void stop() {
  writer.reset();
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (!writer || level < least.load(std::memory_order_relaxed)) return;
  thread_local Stamp stamp;
  thread_local std::string line;
  line.clear();
  if (format == Format::kJson) line += R"({"time":")";
  stamp.append_to(line);
  format == Format::kJson ? render_json(line, level, event, fields) : render_text(line, level, event, fields);
  writer->add(line);
}

}  // namespace berth::log
