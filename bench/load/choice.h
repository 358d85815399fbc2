#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace berth::load {

/// Which of `count` targets comes next: in turn, or by Zipf's law (the k-th is asked for in proportion to 1 /
/// k^exponent), as pulls of images are. Repeats itself for the same seed.
class Choice {
 public:
  Choice(std::size_t count, double exponent, std::uint64_t seed);

  std::size_t next();

 private:
  std::size_t count_;
  std::size_t turn_;
  std::vector<double> cumulative_;  // empty: in turn
  std::mt19937_64 generator_;
};

}  // namespace berth::load
