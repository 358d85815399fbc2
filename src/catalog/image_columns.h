#pragma once

#include <span>

#include "catalog/image_query.h"
#include "catalog/letters.h"

namespace berth::catalog {

/// Images as columns: what the image index scans. Rows are appended and never move; blocks of them remember what
/// letters and which spaces they have, so that a scan jumps over those that cannot match.
///
/// A value without locks of its own: the index guards it.
class ImageColumns {
 public:
  static constexpr std::size_t kBlock = 64;  // rows

  [[nodiscard]] std::size_t size() const { return ids_.size(); }
  [[nodiscard]] std::string_view name(std::size_t at) const {
    return std::string_view(names_).substr(starts_[at], starts_[at + 1] - starts_[at]);
  }
  /// 0: the row was removed.
  [[nodiscard]] std::int64_t id(std::size_t at) const { return ids_[at]; }
  /// An ordinal, not an id: the index numbers the spaces that it meets.
  [[nodiscard]] std::uint32_t space(std::size_t at) const { return spaces_[at]; }
  [[nodiscard]] std::uint64_t letters(std::size_t at) const { return letters_[at]; }
  /// One word of pairs_of(name).
  [[nodiscard]] std::uint64_t pairs(std::size_t word, std::size_t at) const { return pairs_[word][at]; }
  /// What a list is sorted by, row by row; nothing for the name.
  [[nodiscard]] std::span<const std::int64_t> values(Sort sort) const;
  [[nodiscard]] ImageRow row(std::size_t at, SpaceId space) const;

  /// Of the names of `block`, removed ones included.
  [[nodiscard]] const LetterSet& letters_of_block(std::size_t block) const { return blocks_[block]; }
  /// All rows of a space lie from the first to the last of these, among others' when their names mix.
  struct Range {
    std::uint32_t first = UINT32_MAX;
    std::uint32_t last = 0;
  };
  [[nodiscard]] Range range_of(std::uint32_t space) const { return space < ranges_.size() ? ranges_[space] : Range(); }

  void reserve(std::size_t rows);
  void append(const ImageRow& row, std::uint32_t space);
  void append_from(const ImageColumns& other, std::size_t at);
  void set_values(std::size_t at, const ImageRow& row);
  void remove(std::size_t at) { ids_[at] = 0; }

 private:
  void append_name(std::string_view name, std::uint64_t letters, std::uint32_t space);

  std::string names_;                  // all names, one after the other
  std::vector<std::uint32_t> starts_;  // of each name, and the end of the last
  std::vector<std::uint64_t> letters_;
  std::array<std::vector<std::uint64_t>, kPairWords> pairs_;
  std::vector<std::uint32_t> spaces_;
  std::vector<std::int64_t> ids_, updated_, pulls_, sizes_, tags_;
  std::vector<LetterSet> blocks_;
  std::vector<Range> ranges_;  // by space
};

}  // namespace berth::catalog
