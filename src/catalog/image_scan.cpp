#include "catalog/image_scan.h"

#include <bit>

namespace berth::catalog {

Matcher::Matcher(std::string_view search, std::vector<std::uint64_t> visible)
    : search_(search),
      letters_(letters_of(search)),
      needs_(LetterSet::needs_of(search)),
      visible_(std::move(visible)) {
  const auto pairs = pairs_of(search);
  for (std::size_t word = 0; word < kPairWords; ++word)
    if (pairs[word] != 0) pairs_.emplace_back(word, pairs[word]);
}

// The cheapest test first.
bool Matcher::matches(const ImageColumns& columns, std::size_t at) const {
  const auto space = columns.space(at);
  if ((visible_[space / 64] >> (space % 64) & 1) == 0 || columns.id(at) == 0) return false;
  if ((columns.letters(at) & letters_) != letters_) return false;
  for (const auto& [word, pairs] : pairs_)
    if ((columns.pairs(word, at) & pairs) != pairs) return false;
  if (search_.empty() || (search_.size() == 1 && has_own_class(search_.front()))) return true;
  return columns.name(at).contains(search_);
}

ImageScan::ImageScan(const ImageColumns& columns, const Matcher& matcher)
    : columns_(columns),
      matcher_(matcher),
      visible_(columns.size() / ImageColumns::kBlock / 64 + 1) {
  const auto& spaces = matcher.visible();
  for (std::size_t word = 0; word < spaces.size(); ++word) {
    for (auto rest = spaces[word]; rest != 0; rest &= rest - 1) {
      const auto range =
          columns.range_of(static_cast<std::uint32_t>(word * 64) + static_cast<std::uint32_t>(std::countr_zero(rest)));
      for (auto block = range.first / ImageColumns::kBlock; block <= range.last / ImageColumns::kBlock; ++block)
        visible_[block / 64] |= 1ULL << (block % 64);
    }
  }
}

}  // namespace berth::catalog
