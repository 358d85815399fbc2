#include "base/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <boost/json.hpp>

#include "base/clock.h"

namespace berth::log {
namespace {

constexpr std::size_t kQueue = 8192;

std::shared_ptr<spdlog::logger> logger;
Format format = Format::kText;

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

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

// Caller-controlled values are quoted and escaped in both formats: a log line is one line, whatever a client sends.
std::string render_text(Level level, std::string_view event, std::initializer_list<Field> fields) {
  std::string line = fmt::format("{} {:<7} {}", to_rfc3339(SystemClock().now()), name_of(level), event);
  for (const auto& field : fields) line += fmt::format(" {}={}", field.key, boost::json::serialize(field.value));
  return line;
}

std::string render_json(Level level, std::string_view event, std::initializer_list<Field> fields) {
  boost::json::object line{{"time", to_rfc3339(SystemClock().now())}, {"level", name_of(level)}, {"event", event}};
  for (const auto& field : fields) line[field.key] = field.value;
  return boost::json::serialize(line);
}

}  // namespace

void start(Level level, Format line_format) {
  format = line_format;
  spdlog::init_thread_pool(kQueue, 1);
  logger = std::make_shared<spdlog::async_logger>("berth", std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                                  spdlog::thread_pool(), spdlog::async_overflow_policy::overrun_oldest);
  logger->set_pattern("%v");
  logger->set_level(to_spdlog(level));
}

void stop() {
  if (!logger) return;
  logger.reset();
  spdlog::shutdown();
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (!logger || !logger->should_log(to_spdlog(level))) return;
  logger->log(to_spdlog(level), "{}",
              format == Format::kJson ? render_json(level, event, fields) : render_text(level, event, fields));
}

}  // namespace berth::log
