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

std::uint64_t puller_of(const access::Subject& subject, std::string_view address) {
  const auto of_one = [](std::int64_t id, std::int64_t further) {
    return (static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15ULL ^ static_cast<std::uint64_t>(further)) *
           0xD6E8FEB86659FD93ULL;
  };
  std::uint64_t who = 0;
  if (const auto* user = std::get_if<access::UserSubject>(&subject.who))
    who = of_one(user->id.value(), user->token ? user->token->value() : 0);
  else if (const auto* robot = std::get_if<access::RobotSubject>(&subject.who))
    who = of_one(robot->id.value(), 0);
  else if (const auto* name = std::get_if<access::NamespaceSubject>(&subject.who))
    who = of_one(name->id.value(), name->credential.value());
  return (who + subject.who.index()) ^ std::hash<std::string_view>{}(address);
}

PullCounter::Recent& PullCounter::Shard::remember(const Pair& who, std::int64_t now) {
  auto known = recent.find(who);
  if (known == recent.end()) {
    if (recent_order.size() >= kMaxRecent / kShards) {
      recent.erase(recent_order.front());
      recent_order.pop_front();
    }
    recent_order.push_back(who);
    known = recent.try_emplace(who).first;
  }
  if (known->second.until < now) known->second = {};
  known->second.until = now + kTogether;
  return known->second;
}

void PullCounter::note(const Pull& pull) {
  auto& shard = shards_[pull.puller * 0x9E3779B97F4A7C15ULL >> 61];
  const std::lock_guard lock(shard.mutex);
  shard.note(pull);
}

void PullCounter::Shard::note(const Pull& pull) {
  auto& last = remember({pull.manifest.repository.value(), pull.puller}, to_millis(pull.at));
  if (pull.head) {
    if (!pull.tag) return;
    last.tag = pull.tag->text();
    last.digest = pull.manifest.digest.text();
    return;
  }
  const bool resolved = !pull.tag && last.tag && last.digest == pull.manifest.digest.text();
  const bool part_of_index = !pull.tag && !resolved && last.index;
  count(pull, pull.tag ? &pull.tag->text() : resolved ? &*last.tag : nullptr, !part_of_index);
  if (resolved) last.tag.reset();
  if (is_index(pull.manifest.media_type)) last.index = true;
}

void PullCounter::Shard::count(const Pull& pull, const std::string* tag, bool for_repository) {
  const auto now = to_millis(pull.at);
  const auto repository = pull.manifest.repository.value();
  // Beyond the bound, repositories go on being counted as wholes.
  const bool room = entries < kMaxEntries / kShards;
  if (!room && !tallies.contains(repository)) return;
  auto& tally = tallies[repository];
  tally.own.last_at = std::max(tally.own.last_at, now);
  tally.own.count += for_repository ? 1 : 0;
  if (!room) return;
  const auto add = [&](auto& counted, const auto& key) {
    const auto [at, made] = counted.try_emplace(key);
    at->second.add(now);
    entries += made ? 1 : 0;
  };
  add(tally.manifests, pull.manifest.id.value());
  if (tag) add(tally.tags, *tag);
}

/// How many lines `into` has got.
std::size_t PullCounter::merge(RepositoryTally& into, const RepositoryTally& from) {
  const auto before = into.manifests.size() + into.tags.size();
  into.own.add(from.own);
  for (const auto& [manifest, counted] : from.manifests) into.manifests[manifest].add(counted);
  for (const auto& [tag, counted] : from.tags) into.tags[tag].add(counted);
  return into.manifests.size() + into.tags.size() - before;
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

PullCounter::Tallies PullCounter::take_all() {
  Tallies all;
  for (auto& shard : shards_) {
    Tallies taken;
    {
      const std::lock_guard lock(shard.mutex);
      taken.swap(shard.tallies);
      shard.entries = 0;
    }
    for (auto& [id, tally] : taken) merge(all[id], tally);
  }
  return all;
}

void PullCounter::put_back(Tallies rest) {
  auto& shard = shards_.front();
  const std::lock_guard lock(shard.mutex);
  for (auto& [id, tally] : rest) shard.entries += merge(shard.tallies[id], tally);
}

std::vector<RepositoryId> PullCounter::flush(db::Database& database) {
  auto all = take_all();
  std::vector<RepositoryId> written;
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
