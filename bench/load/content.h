#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace berth::load {

/// `sha256:` and the hex digest.
std::string digest_of(std::string_view bytes);

/// Blobs of one size that differ from each other, and from those of every other run, in their last bytes: what they
/// share is kept, hashed and sent from one copy. Bytes are pseudo-random, so that nothing on the way compresses them.
class BlobSeries {
 public:
  /// `size` in bytes, at least kTail.
  explicit BlobSeries(std::uint64_t size);

  static constexpr std::size_t kTail = 64;

  struct Blob {
    std::string_view shared;  // of the series, which outlives it
    std::string tail;
    std::string digest;
    [[nodiscard]] std::uint64_t size() const { return shared.size() + tail.size(); }
  };
  Blob next();

 private:
  std::string shared_;
  std::string run_;  // what tells this run from others
  std::uint64_t number_ = 0;
};

}  // namespace berth::load
