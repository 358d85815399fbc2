#include "catalog/letters.h"

#include <bit>

namespace berth::catalog {
namespace {

constexpr std::uint8_t kOther = kLetterClasses - 1;

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  classes.fill(kOther);
  std::uint8_t next = 0;
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz0123456789._-/"))
    classes[static_cast<unsigned char>(c)] = next++;
  return classes;
}();

std::size_t class_of(char c) {
  return kClasses[static_cast<unsigned char>(c)];
}

}  // namespace

std::uint64_t letters_of(std::string_view text) {
  std::uint64_t mask = 0;
  for (const char c : text) mask |= 1ULL << class_of(c);
  return mask;
}

bool has_own_class(char letter) {
  return class_of(letter) != kOther;
}

std::array<std::uint64_t, kPairWords> pairs_of(std::string_view text) {
  static_assert(std::has_single_bit(kPairWords));
  std::array<std::uint64_t, kPairWords> mask{};
  for (std::size_t at = 1; at < text.size(); ++at) {
    const auto pair = static_cast<std::uint32_t>(static_cast<unsigned char>(text[at - 1])) * 256U +
                      static_cast<unsigned char>(text[at]);
    const auto hash = pair * 2654435761U;
    mask[hash >> 24 & (kPairWords - 1)] |= 1ULL << (hash >> 26);
  }
  return mask;
}

void LetterSet::add(std::string_view name, std::uint64_t letters) {
  static_assert(kLetterClasses <= 64);
  words_[0] |= letters;
  if (name.empty()) return;
  auto first = class_of(name.front());
  for (const char c : name.substr(1)) {
    const auto second = class_of(c);
    const auto bit = kLetterClasses + first * kLetterClasses + second;
    words_[bit / 64] |= 1ULL << (bit % 64);
    first = second;
  }
}

std::vector<LetterSet::Need> LetterSet::needs_of(std::string_view term) {
  LetterSet set;
  set.add(term, letters_of(term));
  std::vector<Need> needs;
  for (std::size_t word = 0; word < kWords; ++word)
    if (set.words_[word] != 0) needs.push_back({word, set.words_[word]});
  return needs;
}

}  // namespace berth::catalog
