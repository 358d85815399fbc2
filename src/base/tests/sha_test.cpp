#include "base/sha.h"

namespace berth {
namespace {

class HasherTest : public testing::TestWithParam<DigestAlgorithm> {};

TEST_P(HasherTest, ResumesFromItsSavedStateAtEveryOffset) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) bytes += static_cast<char>(i * 7);
  Hasher whole(GetParam());
  whole.update(bytes);
  const auto expected = whole.finish();
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Hasher first(GetParam());
    first.update(std::string_view(bytes).substr(0, cut));
    auto second = Hasher::restore(first.save());
    ASSERT_TRUE(second) << cut;
    EXPECT_EQ(second->count(), cut);
    second->update(std::string_view(bytes).substr(cut));
    EXPECT_EQ(second->finish(), expected) << "cut at " << cut;
  }
}

INSTANTIATE_TEST_SUITE_P(, HasherTest, testing::Values(DigestAlgorithm::kSha256, DigestAlgorithm::kSha512),
                         [](const auto& info) { return std::string(name_of(info.param)); });

TEST(Hasher, KnowsTheStandardVectors) {
  Hasher sha256(DigestAlgorithm::kSha256);
  sha256.update("abc");
  EXPECT_EQ(sha256.finish().hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Hasher sha512(DigestAlgorithm::kSha512);
  sha512.update("abc");
  EXPECT_TRUE(sha512.finish().hex().starts_with("ddaf35a193617abacc417349ae204131"));
}

TEST(Hasher, RefusesADamagedState) {
  const auto saved = Hasher(DigestAlgorithm::kSha256).save();
  for (const auto& bad : {std::string(), std::string("1:"), saved.substr(0, saved.size() - 4), "2" + saved.substr(1),
                          "1:sha256:" + std::string(152, '/')})
    EXPECT_FALSE(Hasher::restore(bad)) << bad;
}

}  // namespace
}  // namespace berth
