#include "identity/authorization.h"

#include "base/encoding.h"

namespace berth::identity {
namespace {

struct Case {
  std::string_view name;
  std::string field;
  std::string_view login;   // of Basic
  std::string_view secret;  // password or token
  std::string_view kind;    // basic, bearer, refused
};

const Case kCases[] = {
    {"basic", "Basic " + to_base64("alice:secret"), "alice", "secret", "basic"},
    {"scheme_in_any_case", "bAsIc " + to_base64("alice:secret"), "alice", "secret", "basic"},
    {"password_with_colons", "Basic " + to_base64("alice:a:b:c"), "alice", "a:b:c", "basic"},
    {"robot_login", "Basic " + to_base64("robot+retail+ci:s"), "robot+retail+ci", "s", "basic"},
    {"unpadded", "Basic YTpi", "a", "b", "basic"},
    {"utf8", "Basic " + to_base64("zoë:pässwort"), "zoë", "pässwort", "basic"},
    {"empty_both", "Basic Og==", "", "", "basic"},
    {"two_spaces", "Basic  YTpi", "a", "b", "basic"},
    {"bearer", "Bearer abc.def-_~+/==", "", "abc.def-_~+/==", "bearer"},
    {"bearer_in_any_case", "bearer abc", "", "abc", "bearer"},
    {"empty", "", "", "", "refused"},
    {"scheme_alone", "Basic", "", "", "refused"},
    {"basic_without_credentials", "Basic ", "", "", "refused"},
    {"no_base64", "Basic !!!!", "", "", "refused"},
    {"no_colon", "Basic " + to_base64("alice"), "", "", "refused"},
    {"control_character", "Basic " + to_base64(std::string("a\nb:c")), "", "", "refused"},
    {"nul", "Basic " + to_base64(std::string("a\0b:c", 5)), "", "", "refused"},
    {"broken_utf8", "Basic " + to_base64("a\xff:b"), "", "", "refused"},
    {"bearer_without_token", "Bearer ", "", "", "refused"},
    {"bearer_with_space", "Bearer a b", "", "", "refused"},
    {"bearer_with_comma", "Bearer a,b", "", "", "refused"},
    {"digest", "Digest username=alice", "", "", "refused"},
    {"a_mebibyte", "Bearer " + std::string(1U << 20, 'a'), "", "", "refused"},
};

class AuthorizationTest : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(, AuthorizationTest, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(AuthorizationTest, is_read_as) {
  http::Headers headers;
  headers.add("Authorization", GetParam().field);
  const auto parsed = parse_authorization(headers);
  if (GetParam().kind == "refused") {
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().fault, Fault::kUnauthenticated);
    EXPECT_THAT(parsed.error().message, ::testing::HasSubstr("Authorization"));
    return;
  }
  ASSERT_TRUE(parsed) << parsed.error().message;
  if (GetParam().kind == "basic") {
    const auto& basic = std::get<Basic>(*parsed);
    EXPECT_EQ(basic.login, GetParam().login);
    EXPECT_EQ(basic.password, GetParam().secret);
  } else {
    EXPECT_EQ(std::get<Bearer>(*parsed).token, GetParam().secret);
  }
}

TEST(Authorization, may_be_absent) {
  EXPECT_TRUE(std::holds_alternative<NoAuthorization>(parse_authorization({}).value()));
}

TEST(Authorization, must_not_stand_twice) {
  http::Headers headers;
  headers.add("Authorization", "Basic YTpi");
  headers.add("authorization", "Basic YTpi");
  EXPECT_FALSE(parse_authorization(headers));
}

}  // namespace
}  // namespace berth::identity
