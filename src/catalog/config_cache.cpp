#include "catalog/config_cache.h"

namespace berth::catalog {

std::optional<ImageConfig> ConfigCache::find(const Digest& digest) {
  const std::lock_guard lock(mutex_);
  const auto it = std::ranges::find(newest_first_, digest, &Kept::digest);
  if (it == newest_first_.end()) return std::nullopt;
  newest_first_.splice(newest_first_.begin(), newest_first_, it);
  return it->config;
}

void ConfigCache::put(const Digest& digest, const ImageConfig& config, std::size_t bytes) {
  if (bytes > kLargest) return;
  bytes = std::max(bytes, kLeast);
  const std::lock_guard lock(mutex_);
  // Two requests may have read it at the same moment.
  if (std::ranges::find(newest_first_, digest, &Kept::digest) != newest_first_.end()) return;
  newest_first_.push_front({digest, config, bytes});
  bytes_ += bytes;
  while (bytes_ > kMaxBytes) {
    bytes_ -= newest_first_.back().bytes;
    newest_first_.pop_back();
  }
}

std::size_t ConfigCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace berth::catalog
