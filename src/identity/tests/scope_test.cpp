#include "identity/scope.h"

namespace berth::identity {
namespace {

struct Case {
  std::string_view name;
  std::vector<std::string_view> parameters;
  std::string_view understood;
};

const Case kCases[] = {
    {"nothing", {}, ""},
    {"login_sends_an_empty_scope", {""}, ""},
    {"pull", {"repository:shop/web:pull"}, "repository:shop/web:pull"},
    {"push_and_pull_in_any_order", {"repository:shop/web:push,pull"}, "repository:shop/web:pull,push"},
    {"repeated_parameters",
     {"repository:shop/web:pull", "repository:base/os:pull"},
     "repository:shop/web:pull repository:base/os:pull"},
    {"spaces_in_one_parameter",
     {"repository:shop/web:pull,push repository:base/os:pull"},
     "repository:shop/web:pull,push repository:base/os:pull"},
    {"the_same_twice_is_one", {"repository:shop/web:pull repository:shop/web:push"}, "repository:shop/web:pull,push"},
    {"duplicate_actions", {"repository:shop/web:pull,pull"}, "repository:shop/web:pull"},
    {"star_is_all", {"repository:shop/web:*"}, "repository:shop/web:pull,push,delete"},
    {"delete", {"repository:shop/web:delete"}, "repository:shop/web:delete"},
    {"class_is_ignored", {"repository(plugin):shop/web:pull"}, "repository:shop/web:pull"},
    {"deep_name", {"repository:shop/a/b/c:pull"}, "repository:shop/a/b/c:pull"},
    {"name_with_a_host_is_no_repository_here", {"repository:host:5000/shop/web:pull"}, ""},
    {"unknown_type", {"plugin:x:y"}, ""},
    {"catalog", {"registry:catalog:*"}, "registry:catalog:*"},
    {"unknown_action", {"repository:shop/web:fly,pull"}, "repository:shop/web:pull"},
    {"only_unknown_actions", {"repository:shop/web:fly"}, "repository:shop/web:"},
    {"no_actions", {"repository:shop/web:"}, "repository:shop/web:"},
    {"two_parts", {"repository:shop"}, ""},
    {"one_component", {"repository:shop:pull"}, ""},
    {"upper_case", {"repository:Shop/Web:pull"}, ""},
    {"dots", {"repository:shop/../web:pull"}, ""},
    {"rubbish", {":::", "   ", ",", "repository"}, ""},
};

class ScopeTest : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(, ScopeTest, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(ScopeTest, is_understood_as) {
  const auto scope = parse_scopes(GetParam().parameters);
  ASSERT_TRUE(scope) << scope.error().message;
  EXPECT_EQ(to_scope_text(*scope), GetParam().understood);
}

TEST(Scope, is_bounded) {
  std::string many;
  for (int i = 0; i < 101; ++i) many += fmt::format("repository:shop/r{}:pull ", i);
  EXPECT_EQ(parse_scopes({many}).error().fault, Fault::kInvalid);
}

}  // namespace
}  // namespace berth::identity
