#include "integrity/scrubber.h"

#include <prometheus/counter.h>

#include "base/log.h"
#include "integrity/verify.h"

namespace berth::integrity {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kObjectsAtOnce = 100;
constexpr auto kAfterFailure = 30s;

prometheus::Counter& counter(prometheus::Registry& metrics, const std::string& name, const std::string& help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(metrics).Add({});
}

std::optional<Time> time_of(std::optional<std::int64_t> millis) {
  return millis ? std::optional(from_millis(*millis)) : std::nullopt;
}

ScrubStatus read_status(db::Connection& tx) {
  ScrubStatus status;
  const auto totals = tx.one<std::int64_t, std::int64_t>(
      "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN quarantined_at IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT) "
      "FROM blobs WHERE state <> 'gone'");
  std::tie(status.objects_total, status.quarantined) = *totals;
  const auto row = tx.one<std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
                          std::int64_t, std::optional<std::int64_t>>(
      "SELECT state, bytes_per_second, objects, bytes, damaged, restored, started_at, ended_at FROM scrub");
  if (!row) return status;
  std::int64_t started_at = 0;
  std::optional<std::int64_t> ended_at;
  std::tie(status.state, status.bytes_per_second, status.objects, status.bytes, status.damaged, status.restored,
           started_at, ended_at) = *row;
  status.started_at = from_millis(started_at);
  status.ended_at = time_of(ended_at);
  return status;
}

}  // namespace

struct Scrubber::Next {
  std::int64_t id;
  blob::ObjectName object;
  std::int64_t size;
  bool quarantined;
};

Scrubber::Scrubber(db::Database& database, blob::BlobStore& store, distribution::ContentChanges& changes,
                   const Clock& clock, prometheus::Registry& metrics)
    : database_(database),
      store_(store),
      changes_(changes),
      clock_(clock),
      bytes_(counter(metrics, "berth_scrub_bytes_total", "Bytes of stored objects that were read and compared.")),
      damaged_(counter(metrics, "berth_scrub_damaged_total", "Stored objects that a scrub found damaged.")) {}

Scrubber::~Scrubber() {
  pace_.end();
}

Result<ScrubStatus> Scrubber::start(std::int64_t bytes_per_second) {
  auto started = database_.write([&](db::Connection& tx) -> Result<ScrubStatus> {
    const auto row = tx.one<std::string>(fmt::format("SELECT state FROM scrub WHERE id = 1{}", tx.for_update()));
    if (row && std::get<0>(*row) == "running") return fail(Error::conflict("a scrub is running"));
    if (row && std::get<0>(*row) == "stopped") {
      tx.execute("UPDATE scrub SET state = 'running', bytes_per_second = :limit, ended_at = NULL", bytes_per_second);
      return read_status(tx);
    }
    tx.execute("DELETE FROM scrub");
    tx.execute("INSERT INTO scrub (id, state, bytes_per_second, started_at) VALUES (1, 'running', :limit, :now)",
               bytes_per_second, clock_.now());
    return read_status(tx);
  });
  if (!started) return started;
  pace_.begin();
  {
    const std::lock_guard lock(idle_);
    woken_ = true;
  }
  wake_.notify_all();
  return started;
}

ScrubStatus Scrubber::stop() {
  pace_.end();
  const std::lock_guard lock(stepping_);
  return *database_.write([&](db::Connection& tx) -> Result<ScrubStatus> {
    tx.execute("UPDATE scrub SET state = 'stopped', ended_at = :now WHERE state = 'running'", clock_.now());
    return read_status(tx);
  });
}

ScrubStatus Scrubber::status() {
  return database_.read(read_status);
}

bool Scrubber::step() {
  const std::lock_guard lock(stepping_);
  std::int64_t limit = 0;
  const auto batch = database_.read([&](db::Connection& tx) -> std::optional<std::vector<Next>> {
    const auto pass =
        tx.one<std::int64_t, std::int64_t>("SELECT last_blob_id, bytes_per_second FROM scrub WHERE state = 'running'");
    if (!pass) return std::nullopt;
    const auto [last, bytes_per_second] = *pass;
    limit = bytes_per_second;
    std::vector<Next> next;
    for (auto& [id, digest, generation, size, quarantined_at] :
         tx.query<std::int64_t, std::string, std::int64_t, std::int64_t, std::optional<std::int64_t>>(
             "SELECT id, digest, generation, size, quarantined_at FROM blobs "
             "WHERE id > :last AND state <> 'gone' ORDER BY id LIMIT :limit",
             last, kObjectsAtOnce))
      next.push_back({id, {Digest::parse(digest).value(), generation}, size, quarantined_at.has_value()});
    return next;
  });
  if (!batch) return false;
  if (batch->empty()) {
    finish();
    return false;
  }
  pace_.set_limit(limit);
  for (const auto& next : *batch) {
    if (!pace_.spend(0)) return false;
    verify_one(next);
  }
  return true;
}

void Scrubber::verify_one(const Next& next) {
  const auto verdict = verify(store_, next.object, static_cast<std::uint64_t>(next.size), [&](std::string_view piece) {
    bytes_.Increment(static_cast<double>(piece.size()));
    return pace_.spend(piece.size());
  });
  if (verdict.ended) return;
  // A blob that was collected or pushed anew while it was read has another row by now, which neither call touches.
  const bool found =
      verdict.damage && distribution::quarantine(database_, changes_, next.object, *verdict.damage, clock_.now());
  const bool restored = !verdict.damage && next.quarantined && distribution::lift_quarantine(database_, next.object);
  if (found) damaged_.Increment();
  static_cast<void>(database_.write([&](db::Connection& tx) -> Result<void> {
    tx.execute(
        "UPDATE scrub SET last_blob_id = :id, objects = objects + 1, bytes = bytes + :size, "
        "damaged = damaged + :damaged, restored = restored + :restored",
        next.id, verdict.damage ? std::int64_t{0} : next.size, found, restored);
    return {};
  }));
}

void Scrubber::finish() {
  static_cast<void>(database_.write([&](db::Connection& tx) -> Result<void> {
    tx.execute("UPDATE scrub SET state = 'finished', ended_at = :now WHERE state = 'running'", clock_.now());
    return {};
  }));
  const auto done = status();
  log::info("scrub finished", {{"objects", done.objects}, {"bytes", done.bytes}, {"damaged", done.damaged}});
}

void Scrubber::run_in_background() {
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

void Scrubber::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    bool failed = false;
    try {
      while (!stop.stop_requested() && step()) {
      }
    } catch (const std::exception& error) {
      failed = true;
      log::warning("the scrub waits: the store or the database fails", {{"reason", error.what()}});
    }
    std::unique_lock lock(idle_);
    const auto woken = [this] { return std::exchange(woken_, false); };
    if (failed)
      wake_.wait_for(lock, stop, kAfterFailure, woken);
    else
      wake_.wait(lock, stop, woken);
  }
}

}  // namespace berth::integrity
