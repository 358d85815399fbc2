#include "http/conditional.h"

namespace berth::http {
namespace {

struct MatchCase {
  std::string_view name;
  std::string_view if_none_match;
  std::string_view etag;
  bool matches;
};

class Matches : public testing::TestWithParam<MatchCase> {};

TEST_P(Matches, compare_weakly) {
  EXPECT_EQ(any_match(GetParam().if_none_match, GetParam().etag), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Matches,
    testing::Values(MatchCase{"same", R"("a")", R"("a")", true}, MatchCase{"other", R"("a")", R"("b")", false},
                    MatchCase{"star", "*", R"("b")", true}, MatchCase{"list", R"("a", "b")", R"("b")", true},
                    MatchCase{"weak_in_the_request", R"(W/"a")", R"("a")", true},
                    MatchCase{"weak_in_the_answer", R"("a")", R"(W/"a")", true},
                    MatchCase{"comma_in_a_tag", R"("a,b", "c")", R"("a,b")", true},
                    MatchCase{"part_of_a_tag", R"("ab")", R"("a")", false},
                    MatchCase{"no_quotes", "a", R"("a")", false}, MatchCase{"open_quote", R"("a)", R"("a")", false}),
    [](const auto& info) { return std::string(info.param.name); });

Response tagged(int status) {
  auto response = Response::text(status, "text/plain", "hello");
  response.headers.set("ETag", R"("v1")");
  return response;
}

TEST(IfNoneMatch, makes_a_304_without_a_body) {
  auto response = tagged(200);
  apply_if_none_match(response, Method::kGet, R"("v1")");
  EXPECT_EQ(response.status, 304);
  EXPECT_TRUE(response.body.empty());
  EXPECT_EQ(response.headers.find("ETag"), R"("v1")");
  EXPECT_EQ(response.headers.find("Content-Type"), std::nullopt);
}

TEST(IfNoneMatch, concerns_reads_that_succeed) {
  for (const auto& [method, status] : {std::pair{Method::kPut, 200}, {Method::kGet, 404}, {Method::kGet, 301}}) {
    auto response = tagged(status);
    apply_if_none_match(response, method, R"("v1")");
    EXPECT_EQ(response.status, status);
    EXPECT_FALSE(response.body.empty());
  }
}

TEST(DropBody, keeps_the_length) {
  auto response = Response::text(200, "text/plain", "hello");
  response.body.emplace_back(std::make_shared<const std::string>(" world"));
  response.body.emplace_back(FileRange{.file = nullptr, .offset = 5, .length = 100});
  drop_body(response);
  EXPECT_EQ(response.content_length, 111U);
  EXPECT_TRUE(response.body.empty());
}

TEST(DropBody, leaves_a_length_that_was_set) {
  auto response = Response::of(200);
  response.content_length = 7;
  drop_body(response);
  EXPECT_EQ(response.content_length, 7U);
}

class Nothing final : public Source {
 public:
  std::size_t read(std::span<char>) override { return 0; }
};

TEST(DropBody, does_not_guess_the_length_of_a_stream) {
  auto response = Response::text(200, "text/plain", "hello");
  response.body.emplace_back(std::make_unique<Nothing>());
  drop_body(response);
  EXPECT_EQ(response.content_length, std::nullopt);
}

}  // namespace
}  // namespace berth::http
