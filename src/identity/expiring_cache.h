#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace berth::identity {

/// A bounded map whose entries end at their time. Thread-safe: sixteen shards with a lock each. A full shard gives up,
/// of a handful of entries, the one that ends first: cheap, and no caller can make it grow.
template <class Value, class Key = std::string>
class ExpiringCache {
 public:
  explicit ExpiringCache(std::size_t capacity) : per_shard_(std::max<std::size_t>(capacity / kShards, 1)) {}

  [[nodiscard]] std::optional<Value> find(const Key& key, Time now) const {
    const auto& shard = shards_[shard_of(key)];
    const std::lock_guard lock(shard.mutex);
    const auto it = shard.entries.find(key);
    if (it == shard.entries.end() || it->second.ends <= now) return std::nullopt;
    return it->second.value;
  }

  void put(Key key, Value value, Time ends) {
    auto& shard = shards_[shard_of(key)];
    const std::lock_guard lock(shard.mutex);
    if (shard.entries.size() >= per_shard_ && !shard.entries.contains(key)) evict(shard);
    shard.entries.insert_or_assign(std::move(key), Entry{std::move(value), ends});
  }

  [[nodiscard]] std::size_t size() const {
    std::size_t sum = 0;
    for (const auto& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      sum += shard.entries.size();
    }
    return sum;
  }

 private:
  struct Entry {
    Value value;
    Time ends;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<Key, Entry> entries;
  };
  static constexpr std::size_t kShards = 16;
  static constexpr int kLookedAt = 8;

  static std::size_t shard_of(const Key& key) { return (std::hash<Key>{}(key) >> 32) % kShards; }

  static void evict(Shard& shard) {
    auto first_to_end = shard.entries.begin();
    auto it = first_to_end;
    for (int looked = 0; looked < kLookedAt && it != shard.entries.end(); ++looked, ++it)
      if (it->second.ends < first_to_end->second.ends) first_to_end = it;
    shard.entries.erase(first_to_end);
  }

  const std::size_t per_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace berth::identity
