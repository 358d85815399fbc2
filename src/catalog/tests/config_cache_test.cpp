#include "catalog/config_cache.h"

namespace berth::catalog {
namespace {

Digest digest_of(int number) {
  return Digest::parse(fmt::format("sha256:{:064x}", number)).value();
}

ImageConfig of(std::string author) {
  ImageConfig config;
  config.author = std::move(author);
  return config;
}

TEST(ConfigCache, keeps_what_was_used_last_within_its_bytes) {
  ConfigCache cache;
  constexpr auto kSize = ConfigCache::kLargest;
  constexpr int kFit = ConfigCache::kMaxBytes / kSize;
  for (int i = 0; i < kFit; ++i) cache.put(digest_of(i), of(std::to_string(i)), kSize);
  EXPECT_EQ(cache.find(digest_of(0)).value().author, "0");
  cache.put(digest_of(kFit), of("new"), kSize);
  EXPECT_TRUE(cache.find(digest_of(0))) << "it was asked for after number 1";
  EXPECT_FALSE(cache.find(digest_of(1)));
  EXPECT_TRUE(cache.find(digest_of(kFit)));
  EXPECT_EQ(cache.bytes(), ConfigCache::kMaxBytes);
}

TEST(ConfigCache, a_large_one_is_not_kept) {
  ConfigCache cache;
  cache.put(digest_of(1), of("small"), 10'000);
  cache.put(digest_of(2), of("large"), ConfigCache::kLargest + 1);
  EXPECT_FALSE(cache.find(digest_of(2)));
  EXPECT_EQ(cache.bytes(), 10'000U);
}

TEST(ConfigCache, tiny_ones_are_not_countless) {
  ConfigCache cache;
  for (int i = 0; i < 2000; ++i) cache.put(digest_of(i), of("tiny"), 2);
  EXPECT_LE(cache.bytes(), ConfigCache::kMaxBytes);
  EXPECT_FALSE(cache.find(digest_of(0)));
}

TEST(ConfigCache, the_same_twice_is_kept_once) {
  ConfigCache cache;
  cache.put(digest_of(1), of("a"), 10'000);
  cache.put(digest_of(1), of("a"), 10'000);
  EXPECT_EQ(cache.bytes(), 10'000U);
}

// 136 bytes of memory for each three of text, and an answer of 60 for each: a history is not a bomb.
TEST(ImageConfig, a_history_without_end_is_cut) {
  json::array history(200'000, json::object{});
  const auto config = read_image_config(json::object{{"os", "linux"}, {"history", std::move(history)}});
  EXPECT_EQ(config.os, "linux");
  EXPECT_EQ(config.history.size(), kMostSteps);
}

}  // namespace
}  // namespace berth::catalog
