#include "base/names.h"

namespace berth {
namespace {

struct Case {
  std::string_view name;
  std::string text;
  bool valid;
};

class RepositoryNameParse : public testing::TestWithParam<Case> {};

TEST_P(RepositoryNameParse, AcceptsExactlyTheGrammar) {
  const auto parsed = RepositoryName::parse(GetParam().text);
  EXPECT_EQ(parsed.has_value(), GetParam().valid) << GetParam().text;
  if (parsed) EXPECT_EQ(parsed->text(), GetParam().text);
  if (!parsed) EXPECT_EQ(parsed.error().fault, Fault::kNameInvalid);
}

INSTANTIATE_TEST_SUITE_P(
    , RepositoryNameParse,
    testing::Values(Case{"two_parts", "shop/web", true}, Case{"many_parts", "shop/team/web/api", true},
                    Case{"separators", "a.b_c__d-e---f/g", true}, Case{"one_part", "web", false},
                    Case{"empty", "", false}, Case{"upper_case", "Shop/web", false},
                    Case{"three_underscores", "a___b/c", false}, Case{"two_dots", "a..b/c", false},
                    Case{"dot_dot", "shop/../web", false}, Case{"leading_slash", "/shop/web", false},
                    Case{"trailing_slash", "shop/web/", false}, Case{"double_slash", "shop//web", false},
                    Case{"leading_dash", "-shop/web", false}, Case{"trailing_dot", "shop/web.", false},
                    Case{"escape", "shop/%2e%2e", false}, Case{"nul", std::string("shop/we\0b", 9), false},
                    Case{"unicode", "shop/wéb", false}, Case{"longest", "s/" + std::string(253, 'a'), true},
                    Case{"too_long", "s/" + std::string(254, 'a'), false}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(RepositoryName, TellsItsSpaceFromItsPath) {
  const auto name = RepositoryName::parse("shop/team/web").value();
  EXPECT_EQ(name.space().text(), "shop");
  EXPECT_EQ(name.path().text(), "team/web");
}

class TagParse : public testing::TestWithParam<Case> {};

TEST_P(TagParse, AcceptsExactlyTheGrammar) {
  EXPECT_EQ(Tag::parse(GetParam().text).has_value(), GetParam().valid) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(, TagParse,
                         testing::Values(Case{"latest", "latest", true}, Case{"version", "v1.2.3-rc_4", true},
                                         Case{"underscore_first", "_a", true},
                                         Case{"longest", std::string(128, 'a'), true},
                                         Case{"too_long", std::string(129, 'a'), false}, Case{"dot", ".", false},
                                         Case{"dash_first", "-a", false}, Case{"dot_dot", "..", false},
                                         Case{"empty", "", false}, Case{"slash", "a/b", false},
                                         Case{"colon", "a:b", false}, Case{"plus", "1.0+2", false}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(MediaType, NeedsTypeAndSubtype) {
  EXPECT_TRUE(MediaType::parse("application/vnd.oci.image.manifest.v1+json"));
  for (const auto* bad : {"", "application", "/json", "application/", "a b/c", "a/b;c=d", "a/b/c"})
    EXPECT_FALSE(MediaType::parse(bad)) << bad;
}

}  // namespace
}  // namespace berth
