#include "net/tests/server_fixture.h"

namespace berth::net {
namespace {

struct Case {
  std::string_view name;
  std::string request;
  int status;
};

std::string with(std::string_view fields) {
  return fmt::format("POST /echo HTTP/1.1\r\nHost: x\r\n{}\r\n", fields);
}

const Case kCases[] = {
    {"length_and_chunked", with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400},
    {"chunked_and_length", with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + "0\r\n\r\n", 400},
    {"two_lengths", with("Content-Length: 5\r\nContent-Length: 6\r\n") + "hello!", 400},
    {"two_equal_lengths", with("Content-Length: 5\r\nContent-Length: 5\r\n") + "hello", 400},
    {"length_list", with("Content-Length: 5, 5\r\n") + "hello", 400},
    {"negative_length", with("Content-Length: -5\r\n") + "hello", 400},
    {"signed_length", with("Content-Length: +5\r\n") + "hello", 400},
    {"hexadecimal_length", with("Content-Length: 0x5\r\n") + "hello", 400},
    {"huge_length", with("Content-Length: 99999999999999999999\r\n"), 400},
    {"empty_length", with("Content-Length: \r\n"), 400},
    {"unknown_coding", with("Transfer-Encoding: gzip\r\n"), 501},
    {"coding_before_chunked", with("Transfer-Encoding: gzip, chunked\r\n"), 501},
    {"identity_coding", with("Transfer-Encoding: identity\r\n"), 501},
    {"chunked_twice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"disguised_chunked", with("Transfer-Encoding: xchunked\r\n"), 501},
    {"space_before_colon", with("Transfer-Encoding : chunked\r\n"), 400},
    {"chunked_in_1_0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"unknown_expectation", with("Content-Length: 5\r\nExpect: a miracle\r\n") + "hello", 417},
    {"no_host", "GET /hello HTTP/1.1\r\n\r\n", 400},
    {"two_hosts", "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"host_with_a_path", "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
    {"folded_field", "GET /hello HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400},
    {"bare_feeds", "GET /hello HTTP/1.1\nHost: a\n\n", 400},
    {"nul_in_a_field", std::string("GET /hello HTTP/1.1\r\nHost: a\r\nB: \0\r\n\r\n", 38), 400},
    {"nul_in_the_target", std::string("GET /hel\0lo HTTP/1.1\r\nHost: a\r\n\r\n", 34), 400},
    {"control_in_a_field", "GET /hello HTTP/1.1\r\nHost: a\r\nB: \x01\r\n\r\n", 400},
    {"field_without_colon", "GET /hello HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n", 400},
    {"field_without_name", "GET /hello HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400},
    {"bad_method", "G@T /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"unknown_method", "BREW /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405},
    {"connect", "CONNECT there:443 HTTP/1.1\r\nHost: there:443\r\n\r\n", 405},
    {"lower_case_method", "get /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405},
    {"no_target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"target_without_slash", "GET hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"target_with_a_fragment", "GET /hello#top HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"target_of_another_scheme", "GET ftp://a/hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"two_spaces", "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"broken_query", "GET /hello?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"version_2", "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", 505},
    {"http2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"version_of_nothing", "GET /hello FTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"tls_on_a_plain_port", "\x16\x03\x01\x02\x01\x01\xfc\x03\x03\n", 400},
    {"three_empty_lines", "\r\n\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"huge_target", "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
    {"target_without_end", "GET /" + std::string(40'000, 'a'), 414},
    {"huge_field", "GET /hello HTTP/1.1\r\nHost: a\r\nB: " + std::string(40'000, 'b') + "\r\n\r\n", 431},
    {"bad_chunk", with("Transfer-Encoding: chunked\r\n") + "nonsense\r\n", 400},
    {"chunk_header_without_end", with("Transfer-Encoding: chunked\r\n") + "5;" + std::string(40'000, 'x'), 400},
};

class BadRequest : public ServerTest, public testing::WithParamInterface<Case> {};

// The answer is an ordinary one, and nothing after the bad request is taken for another.
TEST_P(BadRequest, IsAnsweredAndEndsTheConnection) {
  start();
  RawClient client(port());
  client.send(GetParam().request);
  client.end_sending();
  const auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, GetParam().status) << response->body;
  EXPECT_THAT(response->body, testing::HasSubstr(fmt::format("\"status\":{},", GetParam().status)));
  EXPECT_EQ(response->header("connection"), "close");
  EXPECT_EQ(response->header("content-type"), "application/problem+json");
  EXPECT_EQ(response->header("x-request-id").size(), 32);
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(core.refused(), 1);
}

INSTANTIATE_TEST_SUITE_P(, BadRequest, testing::ValuesIn(kCases),
                         [](const auto& each) { return std::string(each.param.name); });

class BadRequests : public ServerTest {};

TEST_F(BadRequests, HeaderFloodIsRefused) {
  start();
  RawClient client(port());
  std::string flood = "GET /hello HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 200; ++i) flood += fmt::format("H{}: v\r\n", i);
  const auto response = client.ask(flood + "\r\n");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 431);
}

TEST_F(BadRequests, RegistryPathsGetTheRegistrysErrors) {
  start();
  RawClient client(port());
  const auto response = client.ask("GET /v2/a/manifests/b HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 400);
  EXPECT_THAT(response->body, testing::StartsWith("{\"errors\":["));
}

TEST_F(BadRequests, ASmuggledRequestIsNeverServed) {
  start();
  RawClient client(port());
  client.send(with("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n" + get("/hello"));
  const auto answers = client.rest();
  EXPECT_THAT(answers, testing::StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answers, testing::Not(testing::HasSubstr("hello")));
  EXPECT_EQ(core.begun(), 0);
}

}  // namespace
}  // namespace berth::net
