#include "base/digest.h"

namespace berth {
namespace {

struct Case {
  std::string_view name;
  std::string text;
  bool valid;
};

class DigestParse : public testing::TestWithParam<Case> {};

TEST_P(DigestParse, AcceptsExactlyTheGrammar) {
  const auto digest = Digest::parse(GetParam().text);
  EXPECT_EQ(digest.has_value(), GetParam().valid) << GetParam().text;
  if (digest) EXPECT_EQ(digest->text(), GetParam().text);
  if (!digest) EXPECT_EQ(digest.error().fault, Fault::kDigestInvalid);
}

INSTANTIATE_TEST_SUITE_P(, DigestParse,
                         testing::Values(Case{"sha256", "sha256:" + std::string(64, 'a'), true},
                                         Case{"sha512", "sha512:" + std::string(128, '0'), true},
                                         Case{"upper_case_hex", "sha256:" + std::string(64, 'A'), false},
                                         Case{"one_digit_short", "sha256:" + std::string(63, 'a'), false},
                                         Case{"one_digit_long", "sha256:" + std::string(65, 'a'), false},
                                         Case{"sha512_with_sha256_length", "sha512:" + std::string(64, 'a'), false},
                                         Case{"no_colon", std::string(64, 'a'), false}, Case{"empty", "", false},
                                         Case{"only_algorithm", "sha256:", false},
                                         Case{"md5", "md5:" + std::string(32, 'a'), false},
                                         Case{"word", "sha256:baddigeststring", false},
                                         Case{"path", "sha256:../../etc/passwd", false},
                                         Case{"nul", "sha256:" + std::string(63, 'a') + std::string(1, '\0'), false}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Digest, OfBytesIsTheirSha256) {
  EXPECT_EQ(Digest::of("").text(), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace berth
