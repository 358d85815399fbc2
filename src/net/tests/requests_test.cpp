#include "net/tests/server_fixture.h"

namespace berth::net {
namespace {

using http::Method;

class Requests : public ServerTest {};

TEST_F(Requests, ReachTheCoreWhole) {
  start();
  RawClient client(port());
  const auto response =
      client.ask(get("/hello?n=10&last=a%2Fb", "Accept: a\r\nAccept: b\r\nAuthorization: Bearer x\r\n"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "hello");
  const auto request = core.last();
  EXPECT_EQ(request.method, Method::kGet);
  EXPECT_EQ(request.target, "/hello?n=10&last=a%2Fb");
  EXPECT_EQ(request.path, "/hello");
  EXPECT_EQ(request.query.find("last"), "a/b");
  EXPECT_EQ(request.headers.all("accept").size(), 2);
  EXPECT_EQ(request.peer_address, "127.0.0.1");
  EXPECT_EQ(request.scheme, "http");
  EXPECT_EQ(request.host, "here");
  EXPECT_FALSE(request.has_body);
}

TEST_F(Requests, EscapesInThePathStay) {
  start();
  RawClient client(port());
  (void)client.ask(get("/a%2Fb/%2e%2e/c"));
  EXPECT_EQ(core.last().path, "/a%2Fb/%2e%2e/c");
}

TEST_F(Requests, AbsoluteFormIsTakenAndItsHostWins) {
  start();
  RawClient client(port());
  const auto response = client.ask(get("http://there:80/hello?a=b"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(core.last().host, "there:80");
  EXPECT_EQ(core.last().path, "/hello");
}

TEST_F(Requests, TwoEmptyLinesBeforeARequestAreForgiven) {
  start();
  RawClient client(port());
  const auto response = client.ask("\r\n\r\n" + get("/hello"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
}

TEST_F(Requests, KeepTheConnection) {
  start();
  RawClient client(port());
  for (int i = 0; i < 3; ++i) {
    const auto response = client.ask(get("/hello"));
    ASSERT_TRUE(response) << i;
    EXPECT_EQ(response->header("connection"), "");
  }
}

TEST_F(Requests, EndTheConnectionWhenAsked) {
  start();
  RawClient client(port());
  const auto response = client.ask(get("/hello", "Connection: close\r\n"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(Requests, EndTheConnectionWhenTheCoreSaysSo) {
  core.answers("/bye", [] {
    auto response = http::Response::of(200);
    response.headers.add("Connection", "close");
    return response;
  });
  start();
  RawClient client(port());
  const auto response = client.ask(get("/bye"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(Requests, PipelinedOnesAreAnsweredInOrder) {
  start();
  RawClient client(port());
  std::string all;
  for (int i = 0; i < 200; ++i)
    all += fmt::format("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n{:03}", i);
  client.send(all);
  for (int i = 0; i < 200; ++i) {
    const auto response = client.receive();
    ASSERT_TRUE(response) << i;
    EXPECT_EQ(response->body, fmt::format("{:03}", i));
  }
}

TEST_F(Requests, PipelinedAfterChunkedBodiesAreNotLost) {
  start();
  RawClient client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n" +
              get("/hello"));
  EXPECT_EQ(client.receive().value_or(RawResponse()).body, "hi");
  EXPECT_EQ(client.receive().value_or(RawResponse()).body, "hello");
}

TEST_F(Requests, OfVersionOneZeroEndTheConnection) {
  start();
  RawClient client(port());
  const auto response = client.ask("GET /hello HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(response->header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(Requests, OfVersionOneZeroMayKeepTheConnection) {
  start();
  RawClient client(port());
  for (int i = 0; i < 2; ++i) {
    const auto response = client.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    ASSERT_TRUE(response) << i;
    EXPECT_EQ(response->header("connection"), "keep-alive");
  }
}

TEST_F(Requests, CarryTheCallersTrace) {
  start();
  RawClient client(port());
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  const auto response = client.ask(get("/hello", "traceparent: 00-" + trace + "-b7ad6b7169203331-01\r\n"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->header("x-request-id"), trace);
  EXPECT_EQ(core.last().request_id, trace);
}

TEST_F(Requests, GetAnIdOfTheirOwn) {
  start();
  RawClient client(port());
  const auto first = client.ask(get("/hello"));
  const auto second = client.ask(get("/hello"));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->header("x-request-id").size(), 32);
  EXPECT_NE(first->header("x-request-id"), second->header("x-request-id"));
}

TEST_F(Requests, ForwardedFieldsOfStrangersAreDropped) {
  start();
  RawClient client(port());
  (void)client.ask(
      get("/hello", "X-Forwarded-For: 192.0.2.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\n"));
  EXPECT_EQ(core.last().peer_address, "127.0.0.1");
  EXPECT_EQ(core.last().scheme, "http");
  EXPECT_EQ(core.last().host, "here");
  EXPECT_FALSE(core.last().headers.find("X-Forwarded-For"));
}

TEST_F(Requests, ForwardedFieldsOfTrustedProxiesCount) {
  settings.trusted_proxies = {"127.0.0.0/8"};
  start();
  RawClient client(port());
  (void)client.ask(
      get("/hello", "X-Forwarded-For: 192.0.2.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: hub.example\r\n"));
  EXPECT_EQ(core.last().peer_address, "192.0.2.9");
  EXPECT_EQ(core.last().scheme, "https");
  EXPECT_EQ(core.last().host, "hub.example");
}

TEST_F(Requests, AFullPoolIsAnsweredWith503) {
  Gate gate;
  core.answers("/slow", [&gate] {
    gate.pass();
    return http::Response::of(200);
  });
  WorkerPool tiny("api", 1, 1);
  auto opened = Server::open(settings, core, tiny, fs, logins, registry);
  ASSERT_TRUE(opened);
  server = std::move(*opened);
  server->start();
  RawClient first(port());
  first.send(get("/slow"));
  gate.await_visitor();
  RawClient second(port());  // waits in the queue, or is the one that is turned away
  second.send(get("/slow"));
  RawClient third(port());
  third.send(get("/slow"));
  while (core.refused() == 0) std::this_thread::yield();
  gate.open();
  std::multiset<int> statuses;
  for (auto* client : {&first, &second, &third}) statuses.insert(client->receive().value_or(RawResponse()).status);
  EXPECT_EQ(statuses, (std::multiset<int>{200, 200, 503}));
  server.reset();
}

TEST_F(Requests, WhatWaitsForALoginHoldsNobodyElseUp) {
  Gate gate;
  core.on("/login", [&gate](http::Request&) {
    return later([&gate] {
      gate.pass();
      return buffered(0, [](std::string) { return http::Response::of(201); });
    });
  });
  core.on("/form", [](http::Request&) {
    auto route = buffered(100, [](std::string) { return http::Response::of(201); });
    std::get<http::Dispatch::Buffered>(route.next).before = [](std::string_view body) {
      using Where = std::variant<http::Dispatch::Pool, http::Response>;
      if (body == "refuse") return Where(http::Response::of(429));
      return Where(body == "slow" ? http::Dispatch::Pool::kLogins : http::Dispatch::Pool::kApi);
    };
    return route;
  });
  const auto form = [](std::string_view body) {
    return fmt::format("POST /form HTTP/1.1\r\nHost: here\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
  };
  const auto status = [](const std::optional<RawResponse>& response) { return response ? response->status : 0; };
  start();
  std::deque<RawClient> waiting;  // one is at the gate, some in the queue
  for (int i = 0; i < 4; ++i) waiting.emplace_back(port()).send(get("/login"));
  gate.await_visitor();
  RawClient slow(port());
  slow.send(form("slow"));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(status(RawClient(port()).ask(get("/hello"))), 200);
  EXPECT_EQ(status(RawClient(port()).ask(form("quick"))), 201);
  EXPECT_EQ(status(RawClient(port()).ask(form("refuse"))), 429);
  gate.open();
  for (auto& client : waiting) EXPECT_EQ(status(client.receive()), 201);
  EXPECT_EQ(status(slow.receive()), 201);
}

TEST_F(Requests, AFullQueueOfLoginsIsAnsweredWith503) {
  Gate gate;
  core.on("/login", [&gate](http::Request&) {
    return later([&gate] {
      gate.pass();
      return buffered(0, [](std::string) { return http::Response::of(201); });
    });
  });
  start();
  std::deque<RawClient> clients;
  clients.emplace_back(port()).send(get("/login"));
  gate.await_visitor();
  for (int i = 0; i < 9; ++i) clients.emplace_back(port()).send(get("/login"));  // the queue takes eight
  while (core.refused() == 0) std::this_thread::yield();
  gate.open();
  std::multiset<int> statuses;
  for (auto& client : clients) statuses.insert(client.receive().value_or(RawResponse()).status);
  EXPECT_EQ(statuses.count(201), 9U);
  EXPECT_EQ(statuses.count(503), 1U);
}

TEST_F(Requests, AThousandLeaveNothingOpen) {
  start();
  {
    RawClient(port()).ask(get("/hello"));
  }
  const auto before = open_descriptors();
  for (int i = 0; i < 1000; ++i) {
    RawClient client(port());
    const auto response = client.ask(get("/hello", "Connection: close\r\n"));
    ASSERT_TRUE(response) << i;
    ASSERT_TRUE(client.closed());
  }
  server->drain(Duration(5000));
  EXPECT_LE(open_descriptors(), before);
}

TEST_F(Requests, WhatMemoryHasIsAnsweredWhileThePoolIsBusy) {
  Gate gate;
  core.answers("/slow", [&gate] {
    gate.pass();
    return http::Response::of(204);
  });
  core.recalls("/warm", [] { return http::Response::text(200, "text/plain", "from memory"); });
  start();
  RawClient first(port());
  RawClient second(port());
  for (auto* client : {&first, &second}) ASSERT_TRUE(client->send(get("/slow")));
  gate.await_visitor();
  RawClient third(port());
  const auto response = third.ask(get("/warm"));
  gate.open();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "from memory");
  EXPECT_EQ(first.receive()->status, 204);
  EXPECT_EQ(second.receive()->status, 204);
}

TEST_F(Requests, PipelinedAnswersFromMemoryComeInOrderAmongOthers) {
  int count = 0;
  core.recalls("/warm", [&count] { return http::Response::text(200, "text/plain", std::to_string(++count)); });
  start();
  RawClient client(port());
  std::string all;
  for (int i = 0; i < 100; ++i) all += get(i % 10 == 9 ? "/hello" : "/warm");
  ASSERT_TRUE(client.send(all));
  int warm = 0;
  for (int i = 0; i < 100; ++i) {
    const auto response = client.receive();
    ASSERT_TRUE(response) << i;
    EXPECT_EQ(response->body, i % 10 == 9 ? "hello" : std::to_string(++warm));
  }
}

}  // namespace
}  // namespace berth::net
