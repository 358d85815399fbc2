#include "cli/server.h"

namespace berth::cli {
namespace {

TEST(Requests, EscapeTheirQuery) {
  EXPECT_EQ(target_of({.method = Method::kGet,
                       .path = "/api/v1/users",
                       .query = {{"search", "a&b=c d"}, {"limit", "5"}},
                       .body = {},
                       .if_match = {}}),
            "/api/v1/users?search=a%26b%3Dc%20d&limit=5");
}

TEST(Pages, LeadToTheSameServerOnly) {
  EXPECT_EQ(next_page(R"(</api/v1/users?cursor=a%3Db>; rel="next")"), "/api/v1/users?cursor=a%3Db");
  EXPECT_EQ(next_page(""), std::nullopt);
  EXPECT_EQ(next_page(R"(</x>; rel="prev")"), std::nullopt);
  EXPECT_EQ(next_page(R"(<https://elsewhere.example/x>; rel="next")"), std::nullopt);
  EXPECT_EQ(next_page(R"(<//elsewhere.example/x>; rel="next")"), std::nullopt);
}

TEST(Failures, ArePassedOnWithEverySubject) {
  const auto failure = failure_of({.status = 409,
                                   .headers = {},
                                   .body = R"({"detail": "space x is still in use", "code": "conflict",)"
                                           R"( "subjects": ["repository a", "repository \u001b[31mb"]})"});
  EXPECT_EQ(failure.status, kRefused);
  EXPECT_EQ(failure.message, "space x is still in use");
  EXPECT_EQ(failure.subjects, (std::vector<std::string>{"repository a", "repository  [31mb"}));
}

TEST(Failures, TellThatNobodyIsLoggedIn) {
  EXPECT_EQ(failure_of({.status = 401, .headers = {}, .body = R"({"detail": "no"})"}).status, kNotLoggedIn);
}

TEST(Failures, TellWhenToTryAgain) {
  const auto failure =
      failure_of({.status = 429, .headers = {{"retry-after", "7"}}, .body = R"({"detail": "slow down"})"});
  EXPECT_EQ(failure.message, "slow down; try again in 7 s");
}

TEST(Failures, OfSomethingElseThanBerthAreStillClear) {
  EXPECT_TRUE(failure_of({.status = 502, .headers = {}, .body = "<html>"}).message.contains("502"));
  const auto redirect = failure_of({.status = 301, .headers = {{"location", "https://b/"}}, .body = ""});
  EXPECT_TRUE(redirect.message.contains("https://b/"));
}

}  // namespace
}  // namespace berth::cli
