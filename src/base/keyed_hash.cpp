#include "base/keyed_hash.h"

#include <bit>
#include <cstring>

#include "base/random.h"

namespace berth {
namespace {

struct State {
  std::uint64_t v0;
  std::uint64_t v1;
  std::uint64_t v2;
  std::uint64_t v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void take(std::uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
  [[nodiscard]] std::uint64_t finish() {
    for (int i = 0; i < 4; ++i) round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

// Little-endian, as all that Berth is built for.
std::uint64_t word_at(const char* bytes, std::size_t count) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, count);
  return word;
}

}  // namespace

KeyedHash::KeyedHash() {
  const auto random = random_bytes(sizeof key_);
  std::memcpy(key_.data(), random.data(), sizeof key_);
}

KeyedHash::Value KeyedHash::operator()(std::string_view text) const {
  State state{key_[0] ^ 0x736f6d6570736575ULL, key_[1] ^ 0x646f72616e646f6dULL ^ 0xeeULL,
              key_[0] ^ 0x6c7967656e657261ULL, key_[1] ^ 0x7465646279746573ULL};
  const auto whole = text.size() / 8 * 8;
  for (std::size_t at = 0; at < whole; at += 8) state.take(word_at(text.data() + at, 8));
  state.take(word_at(text.data() + whole, text.size() - whole) | static_cast<std::uint64_t>(text.size()) << 56);
  state.v2 ^= 0xee;
  Value value;
  value.low = state.finish();
  state.v1 ^= 0xdd;
  value.high = state.finish();
  return value;
}

}  // namespace berth
