#pragma once

#include <array>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "distribution/caller.h"
#include "distribution/content_changes.h"

namespace berth::distribution {

/// What the last requests found at a name in a repository, bounded in bytes; the one unused longest goes first.
///
/// Keyed by space, path and reference: what one repository has is never found under another (CVE-2026-35172). It only
/// keeps: whether an entry still holds is its owner's question to ContentChanges, with the moment that stands beside
/// it. Any thread; sharded, and nothing is done under a lock but the look-up.
template <class Value>
class ContentCache {
 public:
  struct Entry {
    std::shared_ptr<const Value> value;
    ContentChanges::Moment read_at = 0;
  };

  explicit ContentCache(std::size_t bytes) : bytes_per_shard_(bytes / kShards) {}

  /// Without a value where nothing is known.
  [[nodiscard]] Entry find(const Place& place, std::string_view reference) {
    const Key key{place.space, place.name.path().text(), reference};
    auto& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_name.find(key);
    if (found == shard.by_name.end()) return {};
    if (found->second != shard.recent.begin()) shard.recent.splice(shard.recent.begin(), shard.recent, found->second);
    return found->second->entry;
  }

  /// `bytes`: what the value itself holds. One that is larger than half a shard is not kept.
  void put(const Place& place, std::string_view reference, Entry entry, std::size_t bytes) {
    Node node{place.space, place.name.path().text(), std::string(reference), std::move(entry), bytes};
    node.bytes += kOverhead + node.path.size() + node.reference.size();
    if (node.bytes > bytes_per_shard_ / 2) return;
    std::list<Node> dropped;  // goes after the lock
    auto& shard = shard_of(node.key());
    const std::lock_guard lock(shard.mutex);
    if (const auto old = shard.by_name.find(node.key()); old != shard.by_name.end()) shard.drop(old->second, dropped);
    while (shard.bytes + node.bytes > bytes_per_shard_) shard.drop(std::prev(shard.recent.end()), dropped);
    shard.bytes += node.bytes;
    shard.recent.push_front(std::move(node));
    shard.by_name.emplace(shard.recent.front().key(), shard.recent.begin());
  }

  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = 0;
    for (const auto& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      sum += shard.bytes;
    }
    return sum;
  }

 private:
  static constexpr std::size_t kShards = 8;
  static constexpr std::size_t kOverhead = 256;  // nodes, counters, the allocator's share

  struct Key {
    SpaceId space;
    std::string_view path;
    std::string_view reference;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept {
      const std::hash<std::string_view> hash;
      const auto space = static_cast<std::size_t>(key.space.value());
      return (hash(key.path) * 31 + hash(key.reference) + space) * 0x9E3779B97F4A7C15ULL;
    }
  };
  struct Node {
    SpaceId space;
    std::string path;
    std::string reference;
    Entry entry;
    std::size_t bytes = 0;
    [[nodiscard]] Key key() const { return {space, path, reference}; }
  };
  struct Shard {
    mutable std::mutex mutex;
    std::list<Node> recent;                                                     // the last used in front
    std::unordered_map<Key, typename std::list<Node>::iterator, Hash> by_name;  // keys view the nodes
    std::size_t bytes = 0;

    void drop(typename std::list<Node>::iterator node, std::list<Node>& into) {
      by_name.erase(node->key());
      bytes -= node->bytes;
      into.splice(into.begin(), recent, node);
    }
  };

  Shard& shard_of(const Key& key) { return shards_[Hash{}(key) >> 32 & (kShards - 1)]; }

  const std::size_t bytes_per_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace berth::distribution
