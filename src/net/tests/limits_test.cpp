#include <poll.h>
#include <sys/resource.h>

#include "net/patience.h"
#include "net/tests/server_fixture.h"

namespace berth::net {
namespace {

using std::chrono::milliseconds;

TEST(PatienceTest, FixedOnlyRunsOut) {
  auto patience = Patience::fixed(Duration(100));
  patience.waited(milliseconds(60));
  patience.moved(1'000'000);
  EXPECT_EQ(patience.left(), milliseconds(40));
  patience.waited(milliseconds(60));
  EXPECT_EQ(patience.left(), milliseconds(0));
}

TEST(PatienceTest, BytesEarnTimeBackAtTheRate) {
  Limits limits;
  limits.grace = Duration(1000);
  limits.min_rate = 1000;
  auto patience = Patience::rate(limits);
  patience.waited(milliseconds(600));
  patience.moved(100);  // 100 ms worth
  EXPECT_EQ(patience.left(), milliseconds(500));
  patience.moved(1U << 30);  // no more than the grace, however fast it was
  EXPECT_EQ(patience.left(), milliseconds(1000));
}

TEST(PatienceTest, ADripRunsOut) {
  Limits limits;
  limits.grace = Duration(10'000);
  limits.min_rate = 100;
  auto patience = Patience::rate(limits);
  int bytes = 0;
  for (; patience.left() >= milliseconds(1000); ++bytes) {
    patience.waited(milliseconds(1000));  // one byte per second
    patience.moved(1);
  }
  EXPECT_LT(bytes, 12);
}

TEST(PatienceTest, WithoutARateAnyByteWillDo) {
  Limits limits;
  limits.min_rate = 0;
  auto patience = Patience::rate(limits);
  patience.waited(milliseconds(5000));
  patience.moved(1);
  EXPECT_EQ(patience.left(), limits.grace);
}

class LimitsTest : public ServerTest {};

TEST_F(LimitsTest, ASlowHeadIsTimedOut) {
  settings.limits.header_time = Duration(50);
  start();
  RawClient client(port());
  const auto response = client.ask("GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Slow");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 408);
  EXPECT_TRUE(client.closed());
}

TEST_F(LimitsTest, ASilentConnectionIsClosed) {
  settings.limits.header_time = Duration(50);
  start();
  RawClient client(port());
  EXPECT_TRUE(client.closed());
}

TEST_F(LimitsTest, AnIdleConnectionIsClosedWithoutAWord) {
  settings.limits.idle = Duration(50);
  start();
  RawClient client(port());
  ASSERT_TRUE(client.ask(get("/hello")));
  EXPECT_TRUE(client.closed());
}

TEST_F(LimitsTest, APeerWithTooManyConnectionsGets429) {
  settings.limits.connections_per_peer = 2;
  start();
  RawClient first(port());
  ASSERT_TRUE(first.ask(get("/hello")));
  {
    RawClient second(port());
    ASSERT_TRUE(second.ask(get("/hello")));
    RawClient third(port());
    const auto refused = third.receive();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 429);
    EXPECT_NE(refused->header("retry-after"), "");
    EXPECT_EQ(refused->header("content-type"), "application/problem+json");
    EXPECT_THAT(refused->body, testing::HasSubstr("\"too_many_requests\""));
  }
  // As soon as the server has seen one go, there is room again.
  std::optional<RawResponse> response;
  for (int i = 0; i < 10'000 && (!response || response->status != 200); ++i) {
    RawClient again(port());
    response = again.ask(get("/hello"));
  }
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
}

TEST_F(LimitsTest, ATrustedProxyIsNoPeer) {
  settings.limits.connections_per_peer = 1;
  settings.trusted_proxies = {"127.0.0.1"};
  start();
  RawClient first(port());
  RawClient second(port());
  EXPECT_EQ(first.ask(get("/hello")).value_or(RawResponse()).status, 200);
  EXPECT_EQ(second.ask(get("/hello")).value_or(RawResponse()).status, 200);
}

// Connections that find no descriptor wait in the backlog, and are served when there is one again.
TEST_F(LimitsTest, OutOfDescriptorsIsAPauseNotTheEnd) {
  auto opened = Server::open(settings, core, api, fs, logins, registry);
  ASSERT_TRUE(opened);
  server = std::move(*opened);
  std::array<RawClient, 4> clients{RawClient(port()), RawClient(port()), RawClient(port()), RawClient(port())};
  for (auto& client : clients) client.send(get("/hello"));
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  const rlimit none{1, usual.rlim_max};  // poll(2) wants no more entries than this
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  server->start();
  pollfd answer{clients.front().socket(), POLLIN, 0};
  const int answers = ::poll(&answer, 1, 50);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
  EXPECT_EQ(answers, 0) << "the process was not out of descriptors";
  for (auto& client : clients) EXPECT_EQ(client.receive().value_or(RawResponse()).status, 200);
}

TEST_F(LimitsTest, TooManyConnectionsGet503) {
  settings.limits.connections = 1;
  start();
  RawClient first(port());
  ASSERT_TRUE(first.ask(get("/hello")));
  RawClient second(port());
  EXPECT_EQ(second.receive().value_or(RawResponse()).status, 503);
}

}  // namespace
}  // namespace berth::net
