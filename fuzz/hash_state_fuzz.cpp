#include "base/encoding.h"
#include "base/sha.h"
#include "fuzz_support.h"

using namespace berth;
using fuzz::require;

namespace {

/// A damaged state may hash to anything, but goes on, ends, and is put away as what it was taken for.
void check_damaged(std::string_view text) {
  const auto hasher = Hasher::restore(text);
  if (!hasher) return;
  const auto saved = hasher->save();
  const auto again = Hasher::restore(saved);
  require(again && again->save() == saved && again->count() == hasher->count());
  auto goes_on = *hasher;
  goes_on.update(
      "more than one block of bytes: 0123456789012345678901234567890123456789012345678901234567890123456789");
  require(Digest::parse(goes_on.finish().text()).has_value());
}

void check_resumed(std::string_view bytes, std::size_t at, DigestAlgorithm algorithm) {
  Hasher straight(algorithm);
  straight.update(bytes);
  Hasher first(algorithm);
  first.update(bytes.substr(0, at));
  auto second = Hasher::restore(first.save());
  require(second && second->count() == std::min(at, bytes.size()));
  second->update(bytes.substr(std::min(at, bytes.size())));
  require(second->finish() == straight.finish());
}

}  // namespace

/// A saved state; and bytes, whose hash is put away after as many as the first byte says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  check_damaged(text);
  for (const auto* name : {"sha256", "sha512"}) check_damaged(fmt::format("1:{}:{}", name, to_base64(text)));
  fuzz::Parts parts(text);
  const auto at = parts.choose(256);
  check_resumed(parts.rest(), at, DigestAlgorithm::kSha256);
  check_resumed(parts.rest(), at, DigestAlgorithm::kSha512);
  return 0;
}
