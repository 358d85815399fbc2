#include "cli/references.h"

namespace berth::cli {
namespace {

TEST(Spaces, MayNameTheirRegistry) {
  const auto plain = parse_space("base");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->registry, std::nullopt);
  EXPECT_EQ(plain->space, "base");
  const auto full = parse_space("harbor-a/base");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->registry, "harbor-a");
  EXPECT_EQ(full->space, "base");
  for (const auto* wrong : {"", "/base", "berth/", "a/b/c"}) EXPECT_FALSE(parse_space(wrong)) << wrong;
}

struct ImageCase {
  std::string_view text, space, repository, reference;
};
class ImageTexts : public ::testing::TestWithParam<ImageCase> {};
INSTANTIATE_TEST_SUITE_P(Each, ImageTexts,
                         ::testing::Values(ImageCase{"base/web", "base", "web", ""},
                                           ImageCase{"base/tools/web", "base", "tools/web", ""},
                                           ImageCase{"base/tools/web:1.2", "base", "tools/web", "1.2"},
                                           ImageCase{"base/web@sha256:ab", "base", "web", "sha256:ab"},
                                           ImageCase{"base/web:1@sha256:ab", "base", "web", "sha256:ab"},
                                           ImageCase{"registry.example.com:5080/base/web:1", "base", "web", "1"}));
TEST_P(ImageTexts, AreTakenApart) {
  const auto image = parse_image(GetParam().text, "registry.example.com:5080");
  ASSERT_TRUE(image) << GetParam().text;
  EXPECT_EQ(image->space, GetParam().space);
  EXPECT_EQ(image->repository, GetParam().repository);
  EXPECT_EQ(image->reference, GetParam().reference);
}
TEST(Images, NeedASpaceAndARepository) {
  for (const auto* wrong : {"", "web", "web:1", "/web", "base/", "localhost:5080"})
    EXPECT_FALSE(parse_image(wrong, "localhost:5080")) << wrong;
}

TEST(Members, AreUsersUnlessTheyAreCalledGroups) {
  EXPECT_EQ(parse_member("alice").kind, "user");
  EXPECT_EQ(parse_member("user:alice").principal, "alice");
  EXPECT_EQ(parse_member("group:devs").kind, "group");
  EXPECT_EQ(parse_member("group:devs").principal, "devs");
}

TEST(Grants, NameVerbsAndAPlace) {
  const auto grant = parse_grant("pull,push:base/tools/web");
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->verbs, (std::vector<std::string>{"pull", "push"}));
  EXPECT_EQ(grant->space, "base");
  EXPECT_EQ(grant->repository, "tools/web");
  const auto all = parse_grant("pull:*");
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->space.empty());
  for (const auto* wrong : {"", "pull", "pull:", ":base", "pull,:base"}) EXPECT_FALSE(parse_grant(wrong)) << wrong;
}

const json::array kRobots{json::object{{"id", 7}, {"login", "robot+retail+ci"}},
                          json::object{{"id", 9}, {"login", "robot+retail+nightly"}},
                          json::object{{"id", 11}, {"login", "robot+retail-old+ci"}}};

TEST(Items, AreFoundByLabelLastPartOrId) {
  EXPECT_EQ(find_item(kRobots, "robot+retail+ci", "login").value(), "7");
  EXPECT_EQ(find_item(kRobots, "nightly", "login").value(), "9");
  EXPECT_EQ(find_item(kRobots, "11", "login").value(), "11");
  const json::array namespaces{json::object{{"id", 3}, {"cluster", "c1"}, {"name", "shop"}}};
  EXPECT_EQ(find_item(namespaces, "c1/shop", "cluster/name").value(), "3");
}

TEST(Items, AreRefusedWhenNoneOrSeveralAreMeant) {
  EXPECT_EQ(find_item(kRobots, "nobody", "login").error().status, kRefused);
  const auto both = find_item(kRobots, "ci", "login");
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().status, kUsage);
  EXPECT_EQ(both.error().subjects, (std::vector<std::string>{"7", "11"}));
}

TEST(Names, AreAListWithoutHoles) {
  EXPECT_EQ(parse_names("a,b").value(), (std::vector<std::string>{"a", "b"}));
  for (const auto* wrong : {"", ",", "a,", ",a"}) EXPECT_FALSE(parse_names(wrong)) << wrong;
}

}  // namespace
}  // namespace berth::cli
