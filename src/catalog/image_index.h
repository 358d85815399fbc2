#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "catalog/image_columns.h"
#include "catalog/image_query.h"

namespace berth::catalog {

class Matcher;

/// Every image of the platform in memory, for lists and searches that answer in milliseconds at a million images.
///
/// Columns in name order, scanned (image_scan.h): blocks without a visible space or without the search's letters and
/// pairs of letters are jumped over, masks rule out nearly every other row before its name is looked at, and a bounded
/// heap keeps the page. There is no order to maintain but the name's: new names wait in a short tail that is merged
/// when it has grown (docs/decisions/0004).
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
  struct Place {
    bool in_tail = false;
    std::uint32_t at = 0;
  };

  /// The first row of the name order whose name is not before `name`.
  [[nodiscard]] std::size_t lower_bound(std::string_view name) const;
  [[nodiscard]] ImagePage page_by_name(const ImageQuery& query, const Matcher& matcher) const;
  [[nodiscard]] ImagePage page_by_value(const ImageQuery& query, const Matcher& matcher) const;
  [[nodiscard]] std::shared_lock<std::shared_mutex> lock_to_read() const;
  [[nodiscard]] std::unique_lock<std::shared_mutex> lock_to_change();
  [[nodiscard]] Matcher matcher_of(const ImageQuery& query) const;
  [[nodiscard]] ImageRow row(const ImageColumns& columns, std::size_t at) const;
  std::uint32_t ordinal_of(SpaceId space);
  [[nodiscard]] std::optional<Place> place_of(SpaceId space, std::string_view name) const;
  void merge();

  std::mutex writing_;              // one writer at a time; held through a merge
  mutable std::shared_mutex lock_;  // readers against the instant of a change
  mutable std::mutex gate_;         // a waiting writer holds new readers here: pthread's lock would let it starve
  ImageColumns main_;               // in name order
  ImageColumns tail_;               // in order of arrival, at most kTailLimit
  boost::unordered_flat_map<std::int64_t, Place> places_;
  boost::unordered_flat_map<std::int64_t, std::uint32_t> ordinals_;
  std::vector<SpaceId> spaces_;  // by ordinal
};

}  // namespace berth::catalog
