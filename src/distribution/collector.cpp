#include "distribution/collector.h"

#include "base/log.h"
#include "distribution/link_review.h"
#include "distribution/manifest_review.h"

namespace berth::distribution {
namespace {

using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kLease = 5min;
constexpr auto kLongestRest = 1s;
constexpr std::int64_t kRunsKept = 200;
constexpr int kStepsPerSave = 16;

/// A clock that was set back must not stop what it paces until it has caught up.
bool within(Duration interval, std::optional<Time> last, Time now) {
  return last && now >= *last && now < *last + interval;
}

}  // namespace

Collector::Collector(db::Database& database, blob::BlobStore& store, ContentChanges& changes, const Clock& clock,
                     CollectionSettings settings, Pace pace, CollectionMetrics* metrics)
    : database_(database),
      changes_(changes),
      clock_(clock),
      settings_(settings),
      pace_(pace),
      removal_(database, store),
      metrics_(metrics) {}

Duration Collector::delay(std::string_view topic) const {
  if (topic == kLinkPushed) return settings_.unreferenced;
  if (topic == kLinkReleased || topic == kManifestUntagged || topic == kBlobUnlinked) return settings_.deleted;
  return 0ms;
}

std::vector<jobs::Item> Collector::take(Time now) {
  return database_
      .write([&](db::Connection& tx) -> Result<std::vector<jobs::Item>> {
        for (const auto topic : kTopics) {
          const auto limit = topic == kSpacePolicy || topic == kStoreSweep ? 1 : settings_.batch;
          const auto due = now - delay(topic);
          auto items = jobs::take_due(tx, topic, due, limit, due + kLease);
          if (!items.empty()) return items;
        }
        return {};
      })
      .value();
}

std::optional<Collected> Collector::step() {
  const auto now = clock_.now();
  const auto items = take(now);
  if (items.empty()) return std::nullopt;
  auto result = work_on(items.front().topic, items, now);
  result.reviewed += static_cast<std::int64_t>(items.size());
  if (metrics_) metrics_->add(result);
  return result;
}

Collected Collector::work_on(std::string_view topic, std::span<const jobs::Item> items, Time now) {
  if (topic == kBlobUnlinked) return removal_.condemn(items, now);
  if (topic == kBlobCondemned) return removal_.remove(items, now);
  if (topic == kStoreSweep) return sweep(items.front(), now);
  if (topic == kManifestUntagged) return review(items, now, review_manifests);
  if (topic != kSpacePolicy) return review(items, now, review_links);
  return database_
      .write([&](db::Connection& tx) -> Result<Collected> {
        review_policy(tx, items.front(), now);
        return Collected{};
      })
      .value();
}

/// One transaction for each repository.
Collected Collector::review(std::span<const jobs::Item> items, Time now, Review review_one) {
  std::map<std::int64_t, std::vector<jobs::Item>> repositories;
  for (const auto& item : items) repositories[item.owner].push_back(item);
  Collected result;
  for (const auto& [id, some] : repositories)
    result += database_
                  .write([&](db::Connection& tx) -> Result<Collected> {
                    return review_one(tx, changes_, some, settings_, now);
                  })
                  .value();
  return result;
}

Collected Collector::sweep(const jobs::Item& item, Time now) {
  const auto part = static_cast<std::size_t>(item.owner);
  const auto result = removal_.sweep(part, now - settings_.orphan, now);
  const bool last = part + 1 >= blob::BlobStore::kParts;
  static_cast<void>(database_.write([&](db::Connection& tx) -> Result<void> {
    jobs::done(tx, item);
    jobs::enqueue(tx, {kStoreSweep, last ? 0 : item.owner + 1}, last ? now + settings_.sweep : now, now);
    return {};
  }));
  return result;
}

bool Collector::anything_due(Time now) {
  return database_.read([&](db::Connection& tx) {
    return std::ranges::any_of(kTopics, [&](auto topic) { return jobs::any_due(tx, topic, now - delay(topic)); });
  });
}

void Collector::measure() {
  const auto now = clock_.now();
  if (!metrics_ || within(pace_.interval, measured_, now)) return;
  measured_ = now;
  std::int64_t due = 0;
  std::int64_t condemned = 0;
  database_.read([&](db::Connection& tx) {
    for (const auto topic : kTopics) due += jobs::depth(tx, topic, now - delay(topic)).due;
    condemned = jobs::depth(tx, kBlobCondemned, now).all;
    return 0;
  });
  metrics_->set_due(due, condemned);
}

std::optional<jobs::Run> Collector::next_run(Time now) {
  const auto [paused, open] = database_.read(
      [&](db::Connection& tx) { return std::pair(jobs::paused(tx, kCollection), jobs::open_run(tx, kCollection)); });
  if (paused || open) return paused ? std::nullopt : open;
  if (within(pace_.interval, last_run_, now)) return std::nullopt;
  last_run_ = now;
  if (!anything_due(now)) return std::nullopt;
  return database_
      .write([&](db::Connection& tx) -> Result<jobs::Run> { return jobs::request_run(tx, kCollection, "system", now); })
      .value();
}

void Collector::tick() {
  measure();
  if (auto run = next_run(clock_.now())) this->run(std::move(*run));
}

void Collector::run(jobs::Run run) {
  const bool again = run.state == jobs::RunState::kRunning;
  auto progress = parse_collected(run.progress);
  log(run, again ? "goes on" : fmt::format("begins, asked for by {}", run.requested_by));
  std::string error;
  for (int steps = 1;; ++steps) {
    if (!go_on()) {
      log(run, "stops here, to go on later");
      return;
    }
    const auto began = Steady::now();
    std::optional<Collected> done;
    try {
      done = step();
    } catch (const std::system_error& failure) {
      error = failure.what();
    }
    if (!done) break;
    progress += *done;
    if (steps % kStepsPerSave == 0)
      static_cast<void>(database_.write([&](db::Connection& tx) -> Result<void> {
        jobs::save_progress(tx, run.id, to_text(progress));
        return {};
      }));
    rest(Steady::now() - began);
  }
  static_cast<void>(database_.write([&](db::Connection& tx) -> Result<void> {
    jobs::save_progress(tx, run.id, to_text(progress));
    jobs::log_line(tx, run.id, clock_.now(),
                   error.empty() ? fmt::format("done: {} reviewed, {} objects removed, {} bytes freed",
                                               progress.reviewed, progress.objects, progress.bytes)
                                 : fmt::format("failed: {}", error));
    jobs::finish_run(tx, run, error, clock_.now(), kRunsKept);
    return {};
  }));
}

void Collector::log(const jobs::Run& run, std::string_view message) {
  static_cast<void>(database_.write([&](db::Connection& tx) -> Result<void> {
    jobs::start_run(tx, run.id, clock_.now());
    jobs::log_line(tx, run.id, clock_.now(), message);
    return {};
  }));
}

bool Collector::go_on() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
  }
  return !database_.read([&](db::Connection& tx) { return jobs::paused(tx, kCollection); });
}

void Collector::rest(Steady::duration worked) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::min<Steady::duration>(worked * pace_.rest, kLongestRest), [this] { return stopping_; });
}

void Collector::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

}  // namespace berth::distribution
