#include "http/cross_site.h"

namespace berth::http {
namespace {

struct Case {
  std::string_view name;
  Method method;
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  bool forged;
};
const Case kCases[] = {
    {"no_browser", Method::kPost, {}, false},
    {"own_page", Method::kPost, {{"Sec-Fetch-Site", "same-origin"}}, false},
    {"address_bar", Method::kPost, {{"Sec-Fetch-Site", "none"}}, false},
    {"another_site", Method::kPost, {{"Sec-Fetch-Site", "cross-site"}}, true},
    {"sibling_domain", Method::kDelete, {{"Sec-Fetch-Site", "same-site"}}, true},
    {"unknown_word", Method::kPut, {{"Sec-Fetch-Site", "x"}}, true},
    {"another_site_reads", Method::kGet, {{"Sec-Fetch-Site", "cross-site"}}, false},
    {"own_origin", Method::kPost, {{"Origin", "http://berth.test:8080"}}, false},
    {"own_origin_behind_tls", Method::kPost, {{"Origin", "https://berth.test:8080"}}, false},
    {"public_origin", Method::kPatch, {{"Origin", "https://Registry.example.com"}}, false},
    {"other_port", Method::kPost, {{"Origin", "http://berth.test:9090"}}, true},
    {"other_host", Method::kPost, {{"Origin", "https://evil.example"}}, true},
    {"host_as_prefix", Method::kPost, {{"Origin", "https://registry.example.com.evil.example"}}, true},
    {"opaque_origin", Method::kPost, {{"Origin", "null"}}, true},
    {"empty_origin", Method::kPost, {{"Origin", ""}}, true},
    {"other_host_reads", Method::kHead, {{"Origin", "https://evil.example"}}, false},
    {"the_browsers_word_goes_before_the_origin",
     Method::kPost,
     {{"Origin", "http://berth.test:8080"}, {"Sec-Fetch-Site", "cross-site"}},
     true},
};
class CrossSiteTest : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(, CrossSiteTest, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(CrossSiteTest, is_told_from_what_browsers_say) {
  Request request;
  request.method = GetParam().method;
  request.host = "berth.test:8080";
  for (const auto& [name, value] : GetParam().fields) request.headers.add(name, value);
  EXPECT_EQ(is_forged(request, "https://registry.example.com/berth"), GetParam().forged);
}

TEST(CrossSite, an_origin_without_a_host_is_not_that_of_a_request_without_one) {
  Request request;
  request.method = Method::kPost;
  request.headers.add("Origin", "https://");
  EXPECT_TRUE(is_forged(request, ""));
}

}  // namespace
}  // namespace berth::http
