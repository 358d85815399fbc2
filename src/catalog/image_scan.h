#pragma once

#include "catalog/image_columns.h"

namespace berth::catalog {

/// Which rows a query is about: those of the spaces that may be seen whose names contain the search. Made for one
/// query; what it is made of outlives it.
class Matcher {
 public:
  /// `visible`: a bit per space, by ordinal.
  Matcher(std::string_view search, std::vector<std::uint64_t> visible);

  [[nodiscard]] bool matches(const ImageColumns& columns, std::size_t at) const;
  /// False when no name of the block contains the search.
  [[nodiscard]] bool may_match(const LetterSet& block) const { return block.has(needs_); }
  [[nodiscard]] const std::vector<std::uint64_t>& visible() const { return visible_; }

 private:
  std::string_view search_;
  std::uint64_t letters_;
  std::vector<std::pair<std::size_t, std::uint64_t>> pairs_;  // words that have bits
  std::vector<LetterSet::Need> needs_;
  std::vector<std::uint64_t> visible_;
};

/// The way of one query through columns: over the blocks in which something may match, in either direction.
class ImageScan {
 public:
  /// Both outlive the scan.
  ImageScan(const ImageColumns& columns, const Matcher& matcher);

  /// Calls `visit(row)` for the rows of [from, to) in such blocks, until it returns false. They are not matched yet.
  template <class Visit>
  void walk(std::size_t from, std::size_t to, Order order, Visit&& visit) const {
    constexpr auto kBlock = ImageColumns::kBlock;
    const bool up = order == Order::kAscending;
    while (from < to) {
      const auto block = (up ? from : to - 1) / kBlock;
      const auto begin = std::max(from, block * kBlock), end = std::min(to, (block + 1) * kBlock);
      if (worth_a_look(block))
        for (std::size_t step = 0; step < end - begin; ++step)
          if (!visit(up ? begin + step : end - 1 - step)) return;
      if (up)
        from = end;
      else
        to = begin;
    }
  }

 private:
  [[nodiscard]] bool worth_a_look(std::size_t block) const {
    return (visible_[block / 64] >> (block % 64) & 1) != 0 && matcher_.may_match(columns_.letters_of_block(block));
  }

  const ImageColumns& columns_;
  const Matcher& matcher_;
  std::vector<std::uint64_t> visible_;  // a bit per block: it may have rows of spaces that may be seen
};

}  // namespace berth::catalog
