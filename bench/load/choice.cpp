#include "choice.h"

#include <algorithm>
#include <cmath>

namespace berth::load {

Choice::Choice(std::size_t count, double exponent, std::uint64_t seed)
    : count_(count),
      turn_(seed % count),
      generator_(seed) {
  if (exponent <= 0) return;
  double sum = 0;
  for (std::size_t rank = 1; rank <= count; ++rank)
    cumulative_.push_back(sum += 1 / std::pow(static_cast<double>(rank), exponent));
}

std::size_t Choice::next() {
  if (cumulative_.empty()) return turn_ = (turn_ + 1) % count_;
  const auto at = std::uniform_real_distribution<double>(0, cumulative_.back())(generator_);
  const auto found = std::ranges::upper_bound(cumulative_, at) - cumulative_.begin();
  return std::min(static_cast<std::size_t>(found), count_ - 1);
}

}  // namespace berth::load
