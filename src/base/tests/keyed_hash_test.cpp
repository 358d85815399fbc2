#include "base/keyed_hash.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/encoding.h"

namespace berth {
namespace {

// The authors' vectors (github.com/veorq/SipHash, vectors.h, vectors_sip128): key 00 01 … 0f, message 00 01 … of a
// length.
constexpr std::array<std::uint64_t, 2> kKey{0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};

std::string hash_hex(std::size_t length) {
  std::string message;
  for (std::size_t i = 0; i < length; ++i) message.push_back(static_cast<char>(i));
  const auto value = KeyedHash(kKey)(message);
  std::string raw(16, '\0');
  std::memcpy(raw.data(), &value.low, 8);
  std::memcpy(raw.data() + 8, &value.high, 8);
  return to_hex(raw);
}

TEST(KeyedHashTest, agrees_with_the_published_vectors) {
  EXPECT_EQ(hash_hex(0), "a3817f04ba25a8e66df67214c7550293");
  EXPECT_EQ(hash_hex(1), "da87c1d86b99af44347659119b22fc45");
  EXPECT_EQ(hash_hex(15), "5493e99933b0a8117e08ec0f97cfc3d9");
}

TEST(KeyedHashTest, two_keys_hash_apart) {
  EXPECT_FALSE(KeyedHash()("token") == KeyedHash()("token"));
}

}  // namespace
}  // namespace berth
