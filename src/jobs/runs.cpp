#include "jobs/runs.h"

namespace berth::jobs {
namespace {

constexpr std::array<std::pair<RunState, std::string_view>, 4> kNames{{{RunState::kWaiting, "waiting"},
                                                                       {RunState::kRunning, "running"},
                                                                       {RunState::kSucceeded, "succeeded"},
                                                                       {RunState::kFailed, "failed"}}};

RunState state_of(std::string_view name) {
  const auto found = std::ranges::find(kNames, name, &std::pair<RunState, std::string_view>::second);
  return found == kNames.end() ? RunState::kFailed : found->first;
}

std::optional<Time> time_of(std::optional<std::int64_t> millis) {
  return millis ? std::optional(from_millis(*millis)) : std::nullopt;
}

template <class... Params>
std::vector<Run> select(db::Connection& tx, std::string_view where, const Params&... params) {
  std::vector<Run> runs;
  for (auto& [id, kind, state, by, progress, error, created, started, finished] :
       tx.query<std::int64_t, std::string, std::string, std::string, std::string, std::string, std::int64_t,
                std::optional<std::int64_t>, std::optional<std::int64_t>>(
           fmt::format("SELECT id, kind, state, requested_by, progress, error, created_at, started_at, finished_at "
                       "FROM job_runs WHERE {}",
                       where),
           params...))
    runs.push_back({.id = id,
                    .kind = std::move(kind),
                    .state = state_of(state),
                    .requested_by = std::move(by),
                    .progress = std::move(progress),
                    .error = std::move(error),
                    .created_at = from_millis(created),
                    .started_at = time_of(started),
                    .finished_at = time_of(finished)});
  return runs;
}

std::optional<Run> first(std::vector<Run> runs) {
  if (runs.empty()) return std::nullopt;
  return std::move(runs.front());
}

}  // namespace

std::string_view name_of(RunState state) {
  return std::ranges::find(kNames, state, &std::pair<RunState, std::string_view>::first)->second;
}

Run request_run(db::Connection& tx, std::string_view kind, std::string_view by, Time now) {
  tx.execute(
      "INSERT INTO job_runs (kind, requested_by, created_at) VALUES (:kind, :by, :now) "
      "ON CONFLICT (kind) WHERE finished_at IS NULL DO NOTHING",
      kind, by, now);
  return open_run(tx, kind).value();
}

std::optional<Run> open_run(db::Connection& tx, std::string_view kind) {
  return first(select(tx, "kind = :kind AND finished_at IS NULL", kind));
}

std::optional<Run> find_run(db::Connection& tx, std::string_view kind, std::int64_t id) {
  return first(select(tx, "kind = :kind AND id = :id", kind, id));
}

std::vector<Run> list_runs(db::Connection& tx, std::string_view kind, std::optional<std::int64_t> before,
                           std::size_t limit) {
  return select(tx, "kind = :kind AND id < :before ORDER BY id DESC LIMIT :limit", kind,
                before.value_or(std::numeric_limits<std::int64_t>::max()), limit);
}

void start_run(db::Connection& tx, std::int64_t id, Time now) {
  tx.execute("UPDATE job_runs SET state = 'running', started_at = COALESCE(started_at, :now) WHERE id = :id", now, id);
}

void save_progress(db::Connection& tx, std::int64_t id, std::string_view progress) {
  tx.execute("UPDATE job_runs SET progress = :progress WHERE id = :id", progress, id);
}

void finish_run(db::Connection& tx, const Run& run, std::string_view error, Time now, std::int64_t keep) {
  tx.execute("UPDATE job_runs SET state = :state, error = :error, finished_at = :now WHERE id = :id",
             name_of(error.empty() ? RunState::kSucceeded : RunState::kFailed), error, now, run.id);
  tx.execute(
      "DELETE FROM job_runs WHERE kind = :kind AND id < (SELECT MIN(id) FROM (SELECT id FROM job_runs "
      "WHERE kind = :same ORDER BY id DESC LIMIT :keep) AS kept)",
      run.kind, run.kind, keep);
}

void log_line(db::Connection& tx, std::int64_t run, Time now, std::string_view message) {
  tx.execute("INSERT INTO job_log (run_id, logged_at, message) VALUES (:run, :now, :message)", run, now, message);
}

std::vector<LogLine> read_log(db::Connection& tx, std::int64_t run, std::int64_t after, std::size_t limit) {
  std::vector<LogLine> lines;
  for (auto& [id, at, message] : tx.query<std::int64_t, std::int64_t, std::string>(
           "SELECT id, logged_at, message FROM job_log WHERE run_id = :run AND id > :after ORDER BY id LIMIT :limit",
           run, after, limit))
    lines.push_back({id, from_millis(at), std::move(message)});
  return lines;
}

bool pause(db::Connection& tx, std::string_view kind, std::string_view by, Time now) {
  return tx.execute(
             "INSERT INTO job_pauses (kind, paused_by, paused_at) VALUES (:kind, :by, :now) ON CONFLICT DO NOTHING",
             kind, by, now) == 1;
}

bool resume(db::Connection& tx, std::string_view kind) {
  return tx.execute("DELETE FROM job_pauses WHERE kind = :kind", kind) == 1;
}

bool paused(db::Connection& tx, std::string_view kind) {
  return tx.one<std::string>("SELECT kind FROM job_pauses WHERE kind = :kind", kind).has_value();
}

}  // namespace berth::jobs
