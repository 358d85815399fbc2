#pragma once

#include <list>
#include <mutex>
#include <optional>

#include "base/digest.h"
#include "catalog/image_config.h"

namespace berth::catalog {

/// The image configurations that were read last, bounded by the bytes that they were read from: what a configuration
/// weighs in memory is a small multiple of that. One that is large is not kept: nobody's image shall push out all
/// others'. Any thread.
class ConfigCache {
 public:
  static constexpr std::size_t kMaxBytes = 4U << 20;
  static constexpr std::size_t kLeast = 4U << 10;      // each counts for so much: the list is searched from its start
  static constexpr std::size_t kLargest = 128U << 10;  // the largest that are in use have some 30 KiB

  [[nodiscard]] std::optional<ImageConfig> find(const Digest& digest);
  /// `bytes`: of the JSON text.
  void put(const Digest& digest, const ImageConfig& config, std::size_t bytes);

  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Kept {
    Digest digest;
    ImageConfig config;
    std::size_t bytes;
  };

  mutable std::mutex mutex_;
  std::list<Kept> newest_first_;
  std::size_t bytes_ = 0;
};

}  // namespace berth::catalog
