#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace berth {

enum class DigestAlgorithm : unsigned char { kSha256, kSha512 };

/// "sha256" or "sha512".
[[nodiscard]] std::string_view name_of(DigestAlgorithm algorithm);
[[nodiscard]] Result<DigestAlgorithm> parse_digest_algorithm(std::string_view name);

/// `sha256:` and 64 lower-case hex digits, or `sha512:` and 128 (OCI image-spec, descriptor, digests).
/// A value; cheap to move; always valid once it exists, except when default-constructed (empty).
class Digest {
 public:
  Digest() = default;

  /// kDigestInvalid for anything else.
  static Result<Digest> parse(std::string_view text);
  /// From a finished hash's raw bytes.
  static Digest from_raw(DigestAlgorithm algorithm, std::string_view raw);
  /// The sha256 digest of `bytes`.
  static Digest of(std::string_view bytes);

  [[nodiscard]] DigestAlgorithm algorithm() const { return algorithm_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string_view hex() const { return std::string_view(text_).substr(7); }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  friend bool operator==(const Digest& a, const Digest& b) { return a.text_ == b.text_; }
  friend auto operator<=>(const Digest& a, const Digest& b) { return a.text_ <=> b.text_; }

 private:
  Digest(DigestAlgorithm algorithm, std::string text) : algorithm_(algorithm), text_(std::move(text)) {}

  DigestAlgorithm algorithm_ = DigestAlgorithm::kSha256;
  std::string text_;
};

}  // namespace berth

template <>
struct std::hash<berth::Digest> {
  std::size_t operator()(const berth::Digest& digest) const noexcept { return std::hash<std::string>{}(digest.text()); }
};
