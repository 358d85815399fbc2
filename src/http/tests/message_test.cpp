#include "http/message.h"
#include "http/text.h"

namespace berth::http {
namespace {

TEST(Methods, names_and_parsing_agree) {
  for (const auto method :
       {Method::kGet, Method::kHead, Method::kPost, Method::kPut, Method::kPatch, Method::kDelete, Method::kOptions})
    EXPECT_EQ(parse_method(name_of(method)), method);
  EXPECT_EQ(parse_method("get"), std::nullopt) << "methods are case-sensitive (RFC 9110, 9.1)";
  EXPECT_EQ(parse_method("BREW"), std::nullopt);
}

TEST(Headers, names_compare_without_case_and_fields_keep_their_order) {
  Headers headers;
  headers.add("Link", "a");
  headers.add("link", "b");
  headers.add("ETag", "x");
  EXPECT_EQ(headers.find("LINK"), "a");
  EXPECT_THAT(headers.all("Link"), testing::ElementsAre("a", "b"));
  headers.set("LINK", "c");
  EXPECT_THAT(headers.all("link"), testing::ElementsAre("c"));
  headers.remove("etag");
  EXPECT_EQ(headers.find("ETag"), std::nullopt);
  EXPECT_EQ(headers.fields().size(), 1U);
}

TEST(Headers, what_is_added_to_a_copy_does_not_come_back) {
  Headers remembered;
  remembered.add("ETag", "x");
  for (int answer = 0; answer < 2; ++answer) {
    Headers headers = remembered;
    for (int more = 0; more < 20; ++more) headers.add(fmt::format("More-{}", more), std::string(50, 'm'));
    EXPECT_EQ(headers.find("etag"), "x");
    EXPECT_EQ(headers.find("More-19"), std::string(50, 'm'));
    EXPECT_EQ(headers.fields().size(), 21U);
  }
  EXPECT_EQ(remembered.fields().size(), 1U);
}

struct QueryCase {
  std::string_view name;
  std::string_view text;
  std::vector<std::pair<std::string, std::string>> pairs;
};

class QueryText : public testing::TestWithParam<QueryCase> {};

TEST_P(QueryText, is_split_and_decoded) {
  const auto query = Query::parse(GetParam().text);
  ASSERT_TRUE(query.has_value());
  EXPECT_EQ(query->pairs(), GetParam().pairs);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, QueryText,
    testing::Values(QueryCase{"empty", "", {}}, QueryCase{"one", "n=10", {{"n", "10"}}},
                    QueryCase{"order_and_repeats", "tag=a&x=&tag=b", {{"tag", "a"}, {"x", ""}, {"tag", "b"}}},
                    QueryCase{"plus_is_a_space", "scope=a+b", {{"scope", "a b"}}},
                    QueryCase{"escaped_plus_stays", "tag=a%2Bb", {{"tag", "a+b"}}},
                    QueryCase{"escapes", "q=a%26b%3Dc%25", {{"q", "a&b=c%"}}},
                    QueryCase{"decoded_once", "q=%2525", {{"q", "%25"}}},
                    QueryCase{"no_equals_sign", "flag&x=1", {{"flag", ""}, {"x", "1"}}},
                    QueryCase{"empty_pairs_are_nothing", "&&a=1&", {{"a", "1"}}},
                    QueryCase{"value_with_equals", "cursor=YQ==", {{"cursor", "YQ=="}}},
                    QueryCase{"unicode", "q=%E4%B8%AD", {{"q", "中"}}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Query, finds_the_first_and_all) {
  const auto query = Query::parse("tag=a&tag=b").value();
  EXPECT_EQ(query.find("tag"), "a");
  EXPECT_THAT(query.all("tag"), testing::ElementsAre("a", "b"));
  EXPECT_EQ(query.find("TAG"), std::nullopt);
}

TEST(Query, refuses_what_is_no_text) {
  for (const auto* text : {"a=%", "a=%4", "a=%zz", "%00=1", "a=x%00y", "a=%ff", "a=%C0%AF", "a=%ED%A0%80"}) {
    const auto query = Query::parse(text);
    ASSERT_FALSE(query.has_value()) << text;
    EXPECT_EQ(query.error().fault, Fault::kInvalid) << text;
  }
}

TEST(Query, has_a_bound) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "a=1&";
  EXPECT_TRUE(Query::parse(text).has_value());
  const auto more = Query::parse(text + "a=1");
  ASSERT_FALSE(more.has_value());
  EXPECT_EQ(more.error().fault, Fault::kUriTooLong);
}

TEST(PlainPath, undoes_what_need_not_be_escaped_and_nothing_else) {
  for (const auto& [escaped, plain] : {std::pair{"/v2/a", "/v2/a"},
                                       {"/%762/%5Fcatalog", "/v2/_catalog"},
                                       {"/%2e%2E/a", "/../a"},
                                       {"/a%2Fb%2fc", "/a%2Fb%2fc"},
                                       {"/%25%37%36", "/%2576"},
                                       {"/%00%0d%0A%7f%20%ff", "/%00%0d%0A%7f%20%ff"},
                                       {"/a%4", "/a%4"},
                                       {"/%zz%", "/%zz%"}})
    EXPECT_EQ(plain_path(escaped), plain);
}

TEST(Response, text_carries_its_type) {
  const auto response = Response::text(404, "text/plain", "gone");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.find("Content-Type"), "text/plain");
  ASSERT_EQ(response.body.size(), 1U);
  EXPECT_EQ(std::get<std::string>(response.body[0]), "gone");
}

}  // namespace
}  // namespace berth::http
