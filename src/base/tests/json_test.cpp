#include "base/json.h"

namespace berth {
namespace {

TEST(ParseJson, RefusesDuplicateKeysAtAnyDepth) {
  EXPECT_TRUE(parse_json(R"({"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]})"));
  EXPECT_FALSE(parse_json(R"({"a":1,"a":2})"));
  EXPECT_FALSE(parse_json(R"({"b":[{"a":1,"\u0061":2}]})"));
}

TEST(ParseJson, RefusesDepthBombs) {
  EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')));
  EXPECT_FALSE(parse_json(std::string(33, '[') + std::string(33, ']')));
  EXPECT_FALSE(parse_json(std::string(4U << 20, '[')));
}

TEST(ParseJson, RefusesTooManyValues) {
  std::string many = "[";
  for (int i = 0; i < 200'001; ++i) many += "1,";
  EXPECT_FALSE(parse_json(many + "1]"));
}

TEST(ParseJson, RefusesTooManyBytes) {
  const auto result = parse_json("\"" + std::string(5U << 20, 'a') + "\"");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::kTooLarge);
}

TEST(ParseJson, RefusesWhatIsNotOneDocument) {
  for (const auto* bad :
       {"", " ", "{", "{}{}", "{} x", "nul", "{'a':1}", "[1,]", "\"\xff\"", "\xef\xbb\xbf{}", "1e999999x"})
    EXPECT_FALSE(parse_json(bad)) << bad;
  EXPECT_TRUE(parse_json(" {} \n"));
}

TEST(ParseJson, RefusesNumbersThatNoTextStandsFor) {
  for (const auto* bad : {"1e400", "-1e999", "0e170955161", "[1,-0e170955161]"}) EXPECT_FALSE(parse_json(bad)) << bad;
  for (const auto* good : {"1e308", "1e-400", "-0.0", "18446744073709551616"}) EXPECT_TRUE(parse_json(good)) << good;
}

}  // namespace
}  // namespace berth
