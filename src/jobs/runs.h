#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"

/// Runs of a kind of job: what was done, when, for whom, how far it is. At most one of a kind is open at a time; after
/// a crash the next process finds it and goes on. Functions on the caller's transaction.
namespace berth::jobs {

enum class RunState { kWaiting, kRunning, kSucceeded, kFailed };
[[nodiscard]] std::string_view name_of(RunState state);

struct Run {
  std::int64_t id = 0;
  std::string kind;
  RunState state = RunState::kWaiting;
  std::string requested_by;
  std::string progress;  // a JSON object, the kind's own
  std::string error;     // why it failed
  Time created_at;
  std::optional<Time> started_at;
  std::optional<Time> finished_at;
};

/// The open run, or a new one that waits. Two who ask at once get the same.
[[nodiscard]] Run request_run(db::Connection& tx, std::string_view kind, std::string_view by, Time now);
[[nodiscard]] std::optional<Run> open_run(db::Connection& tx, std::string_view kind);
[[nodiscard]] std::optional<Run> find_run(db::Connection& tx, std::string_view kind, std::int64_t id);
/// The newest first, behind `before`.
[[nodiscard]] std::vector<Run> list_runs(db::Connection& tx, std::string_view kind, std::optional<std::int64_t> before,
                                         std::size_t limit);

void start_run(db::Connection& tx, std::int64_t id, Time now);
void save_progress(db::Connection& tx, std::int64_t id, std::string_view progress);
/// `error` is empty when it succeeded. Keeps the newest `keep` runs of the kind, with their logs.
void finish_run(db::Connection& tx, const Run& run, std::string_view error, Time now, std::int64_t keep);

/// A line of the run's log, for people.
struct LogLine {
  std::int64_t id = 0;
  Time at;
  std::string message;
};
void log_line(db::Connection& tx, std::int64_t run, Time now, std::string_view message);
[[nodiscard]] std::vector<LogLine> read_log(db::Connection& tx, std::int64_t run, std::int64_t after,
                                            std::size_t limit);

/// While a kind is paused none of its runs goes on. True when this changed something.
bool pause(db::Connection& tx, std::string_view kind, std::string_view by, Time now);
bool resume(db::Connection& tx, std::string_view kind);
[[nodiscard]] bool paused(db::Connection& tx, std::string_view kind);

}  // namespace berth::jobs
