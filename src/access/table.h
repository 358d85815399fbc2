#pragma once

#include <array>
#include <functional>
#include <memory>
#include <unordered_map>

namespace berth::access {

/// An immutable map that shares its structure: with() and without() copy one shard of 256 and share the rest, so that
/// issuing one robot among 100,000 costs a few hundred entries. Any thread may read; a table never changes.
template <class Key, class Row>
class Table {
  using Shard = std::unordered_map<Key, std::shared_ptr<const Row>>;
  static constexpr std::size_t kShards = 256;

 public:
  /// nullptr when absent. The row lives as long as a table that holds it.
  [[nodiscard]] const Row* find(const Key& key) const {
    const auto& shard = shards_[shard_of(key)];
    if (!shard) return nullptr;
    const auto it = shard->find(key);
    return it == shard->end() ? nullptr : it->second.get();
  }

  [[nodiscard]] Table with(const Key& key, Row row) const {
    Table copy = *this;
    auto& shard = copy.shards_[shard_of(key)];
    auto changed = shard ? std::make_shared<Shard>(*shard) : std::make_shared<Shard>();
    const bool added = changed->insert_or_assign(key, std::make_shared<const Row>(std::move(row))).second;
    shard = std::move(changed);
    if (added) ++copy.size_;
    return copy;
  }

  [[nodiscard]] Table without(const Key& key) const {
    if (!find(key)) return *this;
    Table copy = *this;
    auto& shard = copy.shards_[shard_of(key)];
    auto changed = std::make_shared<Shard>(*shard);
    changed->erase(key);
    shard = std::move(changed);
    --copy.size_;
    return copy;
  }

  /// In no particular order.
  void for_each(const std::function<void(const Key&, const Row&)>& visit) const {
    for (const auto& shard : shards_)
      if (shard)
        for (const auto& [key, row] : *shard) visit(key, *row);
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  /// Many changes at once: each shard is copied when it is first changed, and only then. One thread, one use.
  class Editor {
   public:
    explicit Editor(Table base = {}) : table_(std::move(base)) {}

    [[nodiscard]] const Row* find(const Key& key) const { return table_.find(key); }
    void put(const Key& key, Row row) {
      if (open(key).insert_or_assign(key, std::make_shared<const Row>(std::move(row))).second) ++table_.size_;
    }
    void erase(const Key& key) {
      if (table_.find(key)) table_.size_ -= open(key).erase(key);
    }
    [[nodiscard]] Table take() && { return std::move(table_); }

   private:
    Shard& open(const Key& key) {
      const auto at = shard_of(key);
      if (!open_[at]) {
        const auto& shared = table_.shards_[at];
        open_[at] = shared ? std::make_shared<Shard>(*shared) : std::make_shared<Shard>();
        table_.shards_[at] = open_[at];
      }
      return *open_[at];
    }

    Table table_;
    std::array<std::shared_ptr<Shard>, kShards> open_;  // the shards of table_ that nobody else has yet
  };

 private:
  static std::size_t shard_of(const Key& key) {
    // libstdc++ hashes an integer to itself; mix so that ids in steps of 256 still spread.
    return (std::hash<Key>{}(key) * 0x9E3779B97F4A7C15ULL >> 32) % kShards;
  }

  std::array<std::shared_ptr<const Shard>, kShards> shards_;
  std::size_t size_ = 0;
};

}  // namespace berth::access
