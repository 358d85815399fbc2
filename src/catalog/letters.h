#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

/// What names are made of, as bits, so that a search turns most of them away without reading them. Pure.
namespace berth::catalog {

/// The name grammar's letters have a class each (a-z, 0-9, '.', '_', '-', '/'); everything else shares the last.
inline constexpr std::size_t kLetterClasses = 41;

/// A bit per class of letters.
[[nodiscard]] std::uint64_t letters_of(std::string_view text);
/// True when the letter has a class of its own, so that its bit says all.
[[nodiscard]] bool has_own_class(char letter);

/// A small Bloom filter of neighbouring letters, one bit of 256 each, for a single name. In words, each for a column of
/// its own: a term of two letters needs one of them.
inline constexpr std::size_t kPairWords = 4;
[[nodiscard]] std::array<std::uint64_t, kPairWords> pairs_of(std::string_view text);

/// The letters of many names and their pairs of neighbours, one bit for each that there can be: nothing is shared.
class LetterSet {
 public:
  static constexpr std::size_t kWords = (kLetterClasses + kLetterClasses * kLetterClasses + 63) / 64;

  /// Bits that must all be set, by word.
  struct Need {
    std::size_t word;
    std::uint64_t bits;
  };
  /// What a set must have when one of its names contains `term`.
  [[nodiscard]] static std::vector<Need> needs_of(std::string_view term);

  /// `letters`: letters_of(name), which the caller has.
  void add(std::string_view name, std::uint64_t letters);
  [[nodiscard]] bool has(const std::vector<Need>& needs) const {
    for (const auto& need : needs)
      if ((words_[need.word] & need.bits) != need.bits) return false;
    return true;
  }

 private:
  std::array<std::uint64_t, kWords> words_{};  // the letters, then the pairs in the order of the first
};

}  // namespace berth::catalog
