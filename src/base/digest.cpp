#include "base/digest.h"

#include "base/encoding.h"
#include "base/sha.h"

namespace berth {
namespace {

// "sha256:" and "sha512:" are equally long, which hex() relies on.
constexpr std::size_t kPrefix = 7;

std::size_t hex_length(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::kSha256 ? 64 : 128;
}

// Without a way out of the loop: many bytes at a time.
bool is_lower_hex(std::string_view text) {
  bool all = true;
  for (const char c : text) all &= (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  return all;
}

}  // namespace

std::string_view name_of(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::kSha256 ? "sha256" : "sha512";
}

Result<DigestAlgorithm> parse_digest_algorithm(std::string_view name) {
  if (name == "sha256") return DigestAlgorithm::kSha256;
  if (name == "sha512") return DigestAlgorithm::kSha512;
  return fail(Fault::kDigestInvalid, "the digest algorithm must be sha256 or sha512");
}

Result<Digest> Digest::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos)
    return fail(Fault::kDigestInvalid, "a digest is written algorithm:hex, as in sha256:4bf5…");
  const auto algorithm = parse_digest_algorithm(text.substr(0, colon));
  if (!algorithm) return fail(algorithm.error());
  const auto hex = text.substr(kPrefix);
  if (hex.size() != hex_length(*algorithm))
    return fail(Fault::kDigestInvalid, fmt::format("a {} digest has {} hex digits, this one has {}",
                                                   name_of(*algorithm), hex_length(*algorithm), hex.size()));
  if (!is_lower_hex(hex)) return fail(Fault::kDigestInvalid, "a digest's hex digits are 0-9 and lower-case a-f");
  return Digest(*algorithm, std::string(text));
}

Digest Digest::from_raw(DigestAlgorithm algorithm, std::string_view raw) {
  return Digest(algorithm, fmt::format("{}:{}", name_of(algorithm), to_hex(raw)));
}

Digest Digest::of(std::string_view bytes) {
  Hasher hasher(DigestAlgorithm::kSha256);
  hasher.update(bytes);
  return hasher.finish();
}

}  // namespace berth
