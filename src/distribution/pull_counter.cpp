#include "distribution/pull_counter.h"

namespace berth::distribution {
namespace {

constexpr std::int64_t kTogether = 60'000;    // milliseconds in which requests make one pull
constexpr std::size_t kMaxRecent = 10'000;    // pullers remembered
constexpr std::size_t kMaxEntries = 100'000;  // manifests and tags counted between two flushes
constexpr std::size_t kRepositoriesAtOnce = 100;

bool is_index(std::string_view media_type) {
  return media_type == "application/vnd.oci.image.index.v1+json" ||
         media_type == "application/vnd.docker.distribution.manifest.list.v2+json";
}

}  // namespace

PullCounter::Recent& PullCounter::remember(const std::string& key, std::int64_t now) {
  const auto [found, added] = recent_.try_emplace(key);
  if (added) recent_order_.push_back(key);
  if (found->second.until < now) found->second = {};
  found->second.until = now + kTogether;
  if (added && recent_order_.size() > kMaxRecent) {
    recent_.erase(recent_order_.front());
    recent_order_.pop_front();
  }
  return recent_.at(key);
}

void PullCounter::note(const Pull& pull) {
  const auto repository = pull.manifest.repository.value();
  const auto now = to_millis(pull.at);
  const std::lock_guard lock(mutex_);
  auto& recent = remember(fmt::format("{} {}", repository, pull.puller), now);
  if (pull.head) {
    if (!pull.tag) return;
    recent.tag = pull.tag->text();
    recent.digest = pull.manifest.digest.text();
    return;
  }
  const bool resolved = !pull.tag && recent.tag && recent.digest == pull.manifest.digest.text();
  const bool part_of_index = !pull.tag && !resolved && recent.index;
  count(repository, pull, pull.tag ? &pull.tag->text() : resolved ? &*recent.tag : nullptr, !part_of_index);
  if (resolved) recent.tag.reset();
  if (is_index(pull.manifest.media_type)) recent.index = true;
}

void PullCounter::count(std::int64_t repository, const Pull& pull, const std::string* tag, bool for_repository) {
  const auto now = to_millis(pull.at);
  // Beyond the bound, repositories go on being counted as wholes.
  const bool room = entries_ < kMaxEntries;
  if (!room && !tallies_.contains(repository)) return;
  auto& tally = tallies_[repository];
  tally.own.last_at = std::max(tally.own.last_at, now);
  tally.own.count += for_repository ? 1 : 0;
  if (!room) return;
  entries_ += tally.manifests.contains(pull.manifest.id.value()) ? 0 : 1;
  tally.manifests[pull.manifest.id.value()].add(now);
  if (!tag) return;
  entries_ += tally.tags.contains(*tag) ? 0 : 1;
  tally.tags[*tag].add(now);
}

void PullCounter::write(db::Connection& tx, std::int64_t repository, const RepositoryTally& tally) {
  const auto add = [](std::string_view table, std::string_view where) {
    return fmt::format(
        "UPDATE {} SET pull_count = pull_count + :count, last_pull_at = CASE WHEN COALESCE(last_pull_at, 0) > :at "
        "THEN last_pull_at ELSE :newer END WHERE {}",
        table, where);
  };
  // The repository first, and all of it below: the lock order of every writer.
  const auto here =
      tx.execute(add("repositories", "id = :id"), tally.own.count, tally.own.last_at, tally.own.last_at, repository);
  if (here == 0) return;
  for (const auto& [id, counted] : tally.manifests)
    tx.execute(add("manifests", "id = :id"), counted.count, counted.last_at, counted.last_at, id);
  for (const auto& [name, counted] : tally.tags)
    tx.execute(add("tags", "repository_id = :repository AND name = :name"), counted.count, counted.last_at,
               counted.last_at, repository, name);
}

void PullCounter::put_back(Tallies rest) {
  const std::lock_guard lock(mutex_);
  for (auto& [id, tally] : rest) {
    auto& into = tallies_[id];
    into.own.add(tally.own);
    for (const auto& [manifest, counted] : tally.manifests) {
      entries_ += into.manifests.contains(manifest) ? 0 : 1;
      into.manifests[manifest].add(counted);
    }
    for (const auto& [tag, counted] : tally.tags) {
      entries_ += into.tags.contains(tag) ? 0 : 1;
      into.tags[tag].add(counted);
    }
  }
}

std::vector<RepositoryId> PullCounter::flush(db::Database& database) {
  Tallies all;
  std::vector<RepositoryId> written;
  {
    const std::lock_guard lock(mutex_);
    all.swap(tallies_);
    entries_ = 0;
  }
  while (!all.empty()) {
    const auto end = std::next(all.begin(), static_cast<std::ptrdiff_t>(std::min(all.size(), kRepositoriesAtOnce)));
    try {
      static_cast<void>(database.write([&](db::Connection& tx) -> Result<void> {
        for (auto at = all.begin(); at != end; ++at) write(tx, at->first, at->second);
        return {};
      }));
    } catch (...) {
      put_back(std::move(all));
      throw;
    }
    for (auto at = all.begin(); at != end; ++at) written.emplace_back(at->first);
    all.erase(all.begin(), end);
  }
  return written;
}

}  // namespace berth::distribution
