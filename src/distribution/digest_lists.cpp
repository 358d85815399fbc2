#include "distribution/digest_lists.h"

namespace berth::distribution {
namespace {

constexpr std::array<std::size_t, 4> kLengths{4, 16, 64, 256};

std::size_t padded(std::size_t count) {
  const auto fits = std::ranges::find_if(kLengths, [&](std::size_t length) { return length >= count; });
  return fits == kLengths.end() ? kLengths.back() : *fits;
}

std::string names(std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) list += fmt::format("{}:d{}", i == 0 ? "" : ", ", i);
  return list;
}

}  // namespace

void in_lists(std::span<const std::string> digests,
              const std::function<void(const std::string& list, std::span<const db::Param> params)>& run) {
  while (!digests.empty()) {
    const auto length = padded(digests.size());
    const auto taken = digests.first(std::min(length, digests.size()));
    std::vector<db::Param> params;
    params.reserve(length + 4);
    for (std::size_t i = 0; i < length; ++i) params.push_back(db::to_param(taken[std::min(i, taken.size() - 1)]));
    run(names(length), params);
    digests = digests.subspan(taken.size());
  }
}

}  // namespace berth::distribution
