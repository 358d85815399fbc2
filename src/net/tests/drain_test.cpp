#include "net/tests/server_fixture.h"

namespace berth::net {
namespace {

class Drain : public ServerTest {
 protected:
  Drain() {
    core.answers("/gated", [this] {
      gate.pass();
      return http::Response::text(200, "text/plain", "done");
    });
  }
  Gate gate;
};

TEST_F(Drain, EndsIdleConnections) {
  start();
  RawClient used(port());
  ASSERT_TRUE(used.ask(get("/hello")));
  RawClient fresh(port());
  server->drain(Duration(10'000));
  EXPECT_TRUE(used.closed());
  EXPECT_TRUE(fresh.closed());
}

TEST_F(Drain, FinishesWhatIsUnderWay) {
  start();
  RawClient client(port());
  client.send(get("/gated"));
  gate.await_visitor();
  std::jthread draining([this] { server->drain(Duration(10'000)); });
  // The listener closes first: when nobody can connect, the drain has begun.
  try {
    while (true) RawClient(port()).closed();
  } catch (const std::system_error&) {
  }
  gate.open();
  const auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "done");
  EXPECT_EQ(response->header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(Drain, CutsWhatTakesLongerThanItsPatience) {
  SinkRecord record;
  core.on("/upload", [&](http::Request&) { return streamed_into(std::make_unique<RecordingSink>(record)); });
  start();
  RawClient client(port());
  client.send("PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhello");
  while (record.bytes() != "hello") std::this_thread::yield();
  server->drain(Duration(50));
  EXPECT_EQ(record.end(), "abandoned: the server is shutting down");
  EXPECT_TRUE(client.closed());
}

TEST_F(Drain, HappensInTheDestructor) {
  start();
  RawClient client(port());
  ASSERT_TRUE(client.ask(get("/hello")));
  server.reset();
  EXPECT_TRUE(client.closed());
}

TEST_F(Drain, IsNotNeededWhenNeverStarted) {
  auto opened = Server::open(settings, core, api, fs, logins, registry);
  EXPECT_TRUE(opened);
}

class Opening : public ServerTest {};

TEST_F(Opening, ATakenPortIsAnError) {
  start();
  Settings same = settings;
  same.listeners[0].port = port();
  prometheus::Registry other;
  const auto opened = Server::open(same, core, api, fs, logins, other);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, Fault::kUnavailable);
  EXPECT_THAT(opened.error().message, testing::HasSubstr(fmt::format("port {}", port())));
}

TEST_F(Opening, AMalformedAddressIsAnError) {
  settings.listeners[0].address = "localhost";
  EXPECT_EQ(Server::open(settings, core, api, fs, logins, registry).error().fault, Fault::kInvalid);
}

TEST_F(Opening, AMalformedProxyIsAnError) {
  settings.trusted_proxies = {"10.0.0.0/33"};
  EXPECT_EQ(Server::open(settings, core, api, fs, logins, registry).error().fault, Fault::kInvalid);
}

TEST_F(Opening, SeveralListenersServeAtOnce) {
  settings.listeners.push_back({.address = "127.0.0.2", .port = 0, .tls = {}});
  start();
  const auto ports = server->ports();
  ASSERT_EQ(ports.size(), 2);
  RawClient first(ports[0]);
  RawClient second(ports[1], "127.0.0.2");
  EXPECT_EQ(first.ask(get("/hello")).value_or(RawResponse()).status, 200);
  EXPECT_EQ(second.ask(get("/hello")).value_or(RawResponse()).status, 200);
}

}  // namespace
}  // namespace berth::net
