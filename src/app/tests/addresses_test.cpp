#include "app/addresses.h"

namespace berth::app {
namespace {

TEST(ListenAddress, IsHostAndPort) {
  struct Case {
    std::string_view text, host;
    int port;
  };
  for (const auto& c : {Case{"127.0.0.1:5080", "127.0.0.1", 5080}, Case{"[::1]:1", "::1", 1}, Case{":80", "::", 80},
                        Case{"0.0.0.0:0", "0.0.0.0", 0}}) {
    const auto address = parse_listen_address(c.text);
    ASSERT_TRUE(address) << c.text;
    EXPECT_EQ(address->host, c.host);
    EXPECT_EQ(address->port, c.port);
  }
  for (const auto* bad :
       {"", "5080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:99999", "::1:80", "127.0.0.1:80x"})
    EXPECT_FALSE(parse_listen_address(bad)) << bad;
}

TEST(ToUrl, ShowsWhatABrowserCanOpen) {
  EXPECT_EQ(to_url("http", {"127.0.0.1", 5080}), "http://127.0.0.1:5080");
  EXPECT_EQ(to_url("https", {"::1", 443}), "https://[::1]:443");
  EXPECT_EQ(to_url("http", {"::", 80}), "http://localhost:80");
}

TEST(SplitList, LeavesOutBlanks) {
  EXPECT_EQ(split_list(" a, b ,,c"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(split_list("").empty());
}

}  // namespace
}  // namespace berth::app
