#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace berth::catalog {

/// One image (a repository that has a manifest), as lists show it.
struct ImageRow {
  RepositoryId id;
  SpaceId space;
  std::string name;  // "<space>/<path>"
  Time updated_at;
  std::int64_t pulls = 0;
  std::int64_t size = 0;
  std::int64_t tags = 0;
};

enum class Sort { kName, kUpdated, kPulls, kSize };
enum class Order { kAscending, kDescending };

/// Where a page ended: the last row's sort value (its name, when sorted by name) and its id.
struct Position {
  std::int64_t value = 0;
  std::string name;
  RepositoryId id;
};

struct ImageQuery {
  std::vector<SpaceId> spaces;  // what the asker may see, already filtered by registry, space and visibility
  std::string search;           // substring of any part of "<space>/<path>"; empty: everything
  Sort sort = Sort::kName;
  Order order = Order::kAscending;
  std::size_t limit = 50;
  std::optional<Position> after;
};

struct ImagePage {
  std::vector<ImageRow> rows;
  std::optional<Position> next;
};

/// Every image of the platform in memory, for lists and searches that answer in milliseconds at a million images.
///
/// Columns in name order, scanned: the visible spaces come as a set of bits, a mask of letters and one of letter
/// pairs rule out nearly every row before its name is looked at, and a bounded heap keeps the page. There is no order
/// to maintain but the name's: new names wait in a short tail that is merged when it has grown (docs/decisions/0004).
///
/// Any thread. Readers share; a write holds them up for microseconds, a merge only for the swap.
class ImageIndex {
 public:
  [[nodiscard]] ImagePage find(const ImageQuery& query) const;

  /// Adds the image or takes in its new values. A repository's name and space never change.
  void put(const ImageRow& row);
  /// By the full name, "<space>/<path>". Nothing happens when there is no such image.
  void remove(SpaceId space, std::string_view name);
  /// Replaces everything; `rows` in any order.
  void load(std::vector<ImageRow> rows);

  [[nodiscard]] std::size_t size() const;

 private:
  static constexpr std::size_t kPairWords = 4;
  /// Rows as columns. All have the same length.
  struct Columns {
    std::string names;                  // all names, one after the other
    std::vector<std::uint32_t> starts;  // of each name, and the end of the last
    std::vector<std::uint64_t> letters;
    std::array<std::vector<std::uint64_t>, kPairWords> pairs;
    std::vector<std::uint32_t> spaces;  // ordinals
    std::vector<std::int64_t> ids;      // 0: removed
    std::vector<std::int64_t> updated, pulls, sizes, tags;

    [[nodiscard]] std::size_t size() const { return ids.size(); }
    [[nodiscard]] std::string_view name(std::size_t at) const;
    [[nodiscard]] std::int64_t value(Sort sort, std::size_t at) const;
    void append(const ImageRow& row, std::uint32_t space);
    void append_from(const Columns& other, std::size_t at);
    void set_values(std::size_t at, const ImageRow& row);
    void reserve(std::size_t rows);
  };
  struct Place {
    bool in_tail = false;
    std::uint32_t at = 0;
  };
  class Matcher;

  /// The first row of the name order whose name is not before `name`.
  [[nodiscard]] std::size_t lower_bound(std::string_view name) const;
  [[nodiscard]] ImagePage page_by_name(const ImageQuery& query, const Matcher& matcher) const;
  [[nodiscard]] ImagePage page_by_value(const ImageQuery& query, const Matcher& matcher) const;
  [[nodiscard]] std::shared_lock<std::shared_mutex> lock_to_read() const;
  [[nodiscard]] std::unique_lock<std::shared_mutex> lock_to_change();
  [[nodiscard]] ImageRow row(const Columns& columns, std::size_t at) const;
  std::uint32_t ordinal_of(SpaceId space);
  [[nodiscard]] std::optional<Place> place_of(SpaceId space, std::string_view name) const;
  void merge();

  std::mutex writing_;              // one writer at a time; held through a merge
  mutable std::shared_mutex lock_;  // readers against the instant of a change
  mutable std::mutex gate_;         // a waiting writer holds new readers here: pthread's lock would let it starve
  Columns main_;                    // in name order
  Columns tail_;                    // in order of arrival, at most kTailLimit
  boost::unordered_flat_map<std::int64_t, Place> places_;
  boost::unordered_flat_map<std::int64_t, std::uint32_t> ordinals_;
  std::vector<SpaceId> spaces_;  // by ordinal
};

}  // namespace berth::catalog
