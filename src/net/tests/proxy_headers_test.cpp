#include "net/proxy_headers.h"

#include "net/request_id.h"

namespace berth::net {
namespace {

struct Case {
  std::string_view name;
  std::string peer;
  std::vector<std::string> forwarded_for;
  std::string expected;
};

const Case kCases[] = {
    {"nobody_in_front", "192.0.2.1", {}, "192.0.2.1"},
    {"stranger_lies", "192.0.2.1", {"203.0.113.9"}, "192.0.2.1"},
    {"one_proxy", "10.0.0.1", {"203.0.113.9"}, "203.0.113.9"},
    {"client_forges_behind_a_proxy", "10.0.0.1", {"1.1.1.1, 203.0.113.9"}, "203.0.113.9"},
    {"two_proxies", "10.0.0.1", {"203.0.113.9, 10.0.0.2"}, "203.0.113.9"},
    {"two_fields", "10.0.0.1", {"203.0.113.9", "10.0.0.2"}, "203.0.113.9"},
    {"proxies_all_the_way", "10.0.0.1", {"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
    {"nonsense_ends_the_walk", "10.0.0.1", {"203.0.113.9, unknown, 10.0.0.2"}, "10.0.0.2"},
    {"nonsense_alone", "10.0.0.1", {"unknown"}, "10.0.0.1"},
    {"with_a_port", "10.0.0.1", {"203.0.113.9:4711"}, "203.0.113.9"},
    {"ipv6_proxy", "fd00::1", {"2001:db8::9"}, "2001:db8::9"},
    {"ipv6_with_a_port", "10.0.0.1", {"[2001:db8::9]:4711"}, "2001:db8::9"},
    {"address_with_a_zone", "10.0.0.1", {"fe80::1%<script>"}, "10.0.0.1"},
    {"address_with_a_zero", "10.0.0.1", {std::string("203.0.113.9\0x", 13)}, "10.0.0.1"},
    {"next_network", "11.0.0.1", {"203.0.113.9"}, "11.0.0.1"},
};

class ForwardedFor : public testing::TestWithParam<Case> {};

TEST_P(ForwardedFor, NamesTheNearestStranger) {
  const auto trust = ProxyTrust::parse({"10.0.0.0/8", "fd00::/8"}).value();
  http::Request request;
  request.peer_address = GetParam().peer;
  for (const auto& field : GetParam().forwarded_for) request.headers.add("X-Forwarded-For", field);
  trust.apply(request);
  EXPECT_EQ(request.peer_address, GetParam().expected);
  EXPECT_FALSE(request.headers.find("X-Forwarded-For"));
}

INSTANTIATE_TEST_SUITE_P(, ForwardedFor, testing::ValuesIn(kCases),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(ForwardedHost, MustBeAHost) {
  const auto trust = ProxyTrust::parse({"10.0.0.0/8"}).value();
  for (const auto* bad : {"", "a/b", "a b", "a\"", "a@b"}) {
    http::Request request;
    request.peer_address = "10.0.0.1";
    request.host = "here";
    request.headers.add("X-Forwarded-Host", bad);
    trust.apply(request);
    EXPECT_EQ(request.host, "here") << bad;
  }
}

TEST(ProxyTrustTest, RefusesWhatIsNoNetwork) {
  for (const auto* bad :
       {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", "proxy", "fd00::/129", "10.0.0.0/8x"})
    EXPECT_FALSE(ProxyTrust::parse({bad})) << bad;
  EXPECT_TRUE(ProxyTrust::parse({"0.0.0.0/0"})->trusts("192.0.2.1"));
  EXPECT_FALSE(ProxyTrust::parse({"0.0.0.0/0"})->trusts("2001:db8::1"));
  EXPECT_TRUE(ProxyTrust::parse({"10.1.2.0/23"})->trusts("10.1.3.255"));
  EXPECT_FALSE(ProxyTrust::parse({"10.1.2.0/23"})->trusts("10.1.4.0"));
}

struct Trace {
  std::string_view name;
  std::string value;
  bool taken;
};

const std::string kTrace(32, 'a');

const Trace kTraces[] = {
    {"valid", "00-" + kTrace + "-b7ad6b7169203331-01", true},
    {"later_version_with_more", "01-" + kTrace + "-b7ad6b7169203331-01-more", true},
    {"version_00_with_more", "00-" + kTrace + "-b7ad6b7169203331-01-more", false},
    {"version_ff", "ff-" + kTrace + "-b7ad6b7169203331-01", false},
    {"zero_trace", "00-" + std::string(32, '0') + "-b7ad6b7169203331-01", false},
    {"zero_parent", "00-" + kTrace + "-0000000000000000-01", false},
    {"upper_case", "00-" + std::string(32, 'A') + "-b7ad6b7169203331-01", false},
    {"too_short", "00-" + kTrace + "-b7ad6b7169203331", false},
    {"no_hex", "00-" + std::string(32, 'x') + "-b7ad6b7169203331-01", false},
    {"empty", "", false},
};

class RequestId : public testing::TestWithParam<Trace> {};

TEST_P(RequestId, IsTheTraceWhereThereIsOne) {
  http::Headers headers;
  headers.add("traceparent", GetParam().value);
  const auto id = request_id_for(headers);
  EXPECT_EQ(id == kTrace, GetParam().taken);
  EXPECT_EQ(id.size(), 32);
}

INSTANTIATE_TEST_SUITE_P(, RequestId, testing::ValuesIn(kTraces),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace berth::net
