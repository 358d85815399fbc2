#include "net/body_budget.h"
#include "net/tests/server_fixture.h"

namespace berth::net {
namespace {

class Bodies : public ServerTest {
 protected:
  Bodies() {
    core.on("/upload", [this](http::Request&) { return streamed_into(std::make_unique<RecordingSink>(record)); });
    core.on("/quota",
            [this](http::Request&) { return streamed_into(std::make_unique<RecordingSink>(record, 1U << 20)); });
  }

  static std::string put(std::string_view path, std::size_t length, std::string_view more = "") {
    return fmt::format("PUT {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n{}\r\n", path, length, more);
  }
  static std::string put_chunked(std::string_view path) {
    return fmt::format("PUT {} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", path);
  }

  SinkRecord record;
};

TEST_F(Bodies, StreamIntoTheSinkInOrder) {
  start();
  RawClient client(port());
  const auto body = pattern(5'000'003);
  client.send(put("/upload", body.size()));
  client.send(body);
  const auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->header("content-length"), "0");
  EXPECT_TRUE(record.bytes() == body);
  EXPECT_EQ(record.end(), "finished");
  EXPECT_EQ(core.last().content_length, body.size());
}

TEST_F(Bodies, StreamIntoTheSinkChunked) {
  start();
  RawClient client(port());
  const auto body = pattern(1'000'000);
  client.send(put_chunked("/upload"));
  for (std::size_t at = 0, size = 1; at < body.size(); at += size, size = size * 3 + 1) {
    size = std::min(size, body.size() - at);
    client.send(fmt::format("{:x}\r\n", size) + body.substr(at, size) + "\r\n");
  }
  client.send("0\r\n\r\n");
  const auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 201);
  EXPECT_TRUE(record.bytes() == body);
  EXPECT_FALSE(core.last().content_length);
  EXPECT_TRUE(core.last().has_body);
  EXPECT_EQ(client.ask(get("/hello")).value_or(RawResponse()).status, 200);
}

TEST_F(Bodies, StreamThroughSmallBuffersWhenTheLargeOnesAreOut) {
  settings.limits.body_buffers_per_loop = 0;
  start();
  RawClient client(port());
  const auto body = pattern(300'000);
  client.send(put("/upload", body.size()));
  client.send(body);
  EXPECT_EQ(client.receive().value_or(RawResponse()).status, 201);
  EXPECT_TRUE(record.bytes() == body);
  EXPECT_GE(record.writes(), 300'000 / (16 << 10));
}

TEST_F(Bodies, OfNothingFinishTheSink) {
  start();
  RawClient client(port());
  EXPECT_EQ(client.ask(put("/upload", 0)).value_or(RawResponse()).status, 201);
  EXPECT_EQ(record.end(), "finished");
}

TEST_F(Bodies, AreReadIntoMemoryUpToTheLimit) {
  start();
  RawClient client(port());
  const auto body = pattern(64U << 10);
  client.send(put("/echo", body.size()) + body);
  EXPECT_TRUE(client.receive().value_or(RawResponse()).body == body);
  client.send(put_chunked("/echo") + "10000\r\n" + body + "\r\n0\r\n\r\n");
  EXPECT_TRUE(client.receive().value_or(RawResponse()).body == body);
}

TEST_F(Bodies, ALittleTooLargeKeepTheConnection) {
  start();
  RawClient client(port());
  const auto body = pattern((64U << 10) + 1);
  client.send(put("/echo", body.size()) + body);
  EXPECT_EQ(client.receive().value_or(RawResponse()).status, 413);
  client.send(put_chunked("/echo") + "10001\r\n" + body + "\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().value_or(RawResponse()).status, 413);
  EXPECT_EQ(client.ask(get("/hello")).value_or(RawResponse()).status, 200);
}

TEST_F(Bodies, TooLargeAreRefusedBeforeTheyAreSent) {
  start();
  RawClient client(port());
  const auto response = client.ask(put("/echo", 1U << 30, "Expect: 100-continue\r\n"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 413);
  EXPECT_EQ(response->header("connection"), "close");
}

TEST_F(Bodies, AreAskedForWithContinue) {
  start();
  RawClient client(port());
  const auto go_on = client.ask(put("/upload", 5, "Expect: 100-continue\r\n"));
  ASSERT_TRUE(go_on);
  EXPECT_EQ(go_on->status, 100);
  const auto response = client.ask("hello");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(record.bytes(), "hello");
}

TEST_F(Bodies, AreNotAskedForWhenTheyAreOnTheirWay) {
  start();
  RawClient client(port());
  const auto response = client.ask(put("/upload", 5, "Expect: 100-continue\r\n") + "hello");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 201);
}

TEST_F(Bodies, AreNotAskedForWhenTheRequestIsRefused) {
  start();
  RawClient client(port());
  const auto response = client.ask(put("/denied", 5, "Expect: 100-continue\r\n"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 401);
  EXPECT_EQ(response->header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(Bodies, SmallOnesOfRefusedRequestsAreReadAway) {
  start();
  RawClient client(port());
  const auto refused = client.ask(put("/denied", 100'000) + std::string(100'000, 'x'));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 401);
  EXPECT_EQ(refused->header("connection"), "");
  EXPECT_EQ(client.ask(get("/hello")).value_or(RawResponse()).status, 200);
}

// Without reading on, the client's send would fail and its answer be lost with a reset.
TEST_F(Bodies, LargeOnesOfRefusedRequestsDoNotHideTheAnswer) {
  start();
  RawClient client(port());
  const std::string body(10U << 20, 'x');
  ASSERT_TRUE(client.send(put("/denied", body.size())));
  EXPECT_TRUE(client.send(body));
  const auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 401);
  EXPECT_EQ(response->header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(Bodies, ThatTheSinkRefusesEndWithItsError) {
  start();
  RawClient client(port());
  const std::string body(4U << 20, 'x');
  client.send(put("/quota", body.size()));
  client.send(body);
  const auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 403);
  EXPECT_EQ(record.end(), "abandoned: the space is full");
}

struct Cut {
  std::string_view name;
  bool chunked;
  bool vanish;
};
class CutBodies : public Bodies, public testing::WithParamInterface<Cut> {};

TEST_P(CutBodies, AreAbandonedButKeepTheirBytes) {
  start();
  RawClient client(port());
  client.send(GetParam().chunked ? put_chunked("/upload") + "ff\r\nhello" : put("/upload", 100) + "hello");
  while (record.bytes() != "hello") std::this_thread::yield();
  if (GetParam().vanish) {
    client.vanish();
  } else {
    client.end_sending();
    EXPECT_EQ(client.receive().value_or(RawResponse()).status, 400);
  }
  EXPECT_THAT(record.end(), testing::StartsWith("abandoned: the c"));  // the client left, or the connection broke
  EXPECT_EQ(record.bytes(), "hello");
}

INSTANTIATE_TEST_SUITE_P(, CutBodies,
                         testing::Values(Cut{"counted_and_ended", false, false}, Cut{"chunked_and_ended", true, false},
                                         Cut{"counted_and_reset", false, true}, Cut{"chunked_and_reset", true, true}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_F(Bodies, ThatComeTooSlowlyAreAbandoned) {
  settings.limits.grace = Duration(50);
  start();
  RawClient client(port());
  client.send(put("/upload", 100) + "hello");
  const auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 408);
  EXPECT_EQ(record.end(), "abandoned: the client was too slow");
  EXPECT_TRUE(client.closed());
}

TEST_F(Bodies, InMemoryThatComeTooSlowlyAreGivenUp) {
  settings.limits.grace = Duration(50);
  start();
  RawClient client(port());
  EXPECT_EQ(client.ask(put("/echo", 100) + "hello").value_or(RawResponse()).status, 408);
}

TEST_F(Bodies, WithBadChunksAreAbandoned) {
  start();
  RawClient client(port());
  const auto response = client.ask(put_chunked("/upload") + "5\r\nhello\r\nnonsense\r\n");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 400);
  EXPECT_EQ(record.end(), "abandoned: malformed chunk");
  EXPECT_EQ(record.bytes(), "hello");
}

// The disk's slowness is not the client's: the grace counts only what the network makes us wait.
TEST_F(Bodies, MayTakeLongToBeWritten) {
  Gate gate;
  core.on("/gated", [&](http::Request&) {
    struct Gated final : http::BodySink {
      explicit Gated(Gate& the_gate) : gate(the_gate) {}
      Result<void> write(std::string_view) override {
        gate.pass();
        return {};
      }
      http::Response finish() override { return http::Response::of(201); }
      void abandon(std::string_view) override {}
      Gate& gate;
    };
    return streamed_into(std::make_unique<Gated>(gate));
  });
  settings.limits.grace = Duration(50);
  start();
  RawClient client(port());
  client.send(put("/gated", 5) + "hello");
  gate.await_visitor();
  RawClient other(port());  // an idle timeout of another connection is a clock without a sleep
  other.send(put("/upload", 1));
  EXPECT_EQ(other.receive().value_or(RawResponse()).status, 408);
  gate.open();
  EXPECT_EQ(client.receive().value_or(RawResponse()).status, 201);
}

TEST_F(Bodies, ThatAreReadWholeShareTheirMemory) {
  settings.limits.body_free_bytes = 1000;
  settings.limits.bodies_bytes = 150'000;
  core.echoes("/echo", 1U << 20);
  start();
  RawClient first(port());
  first.send(put("/echo", 120'000) + std::string(100'000, 'a'));
  RawClient small(port());
  RawClient large(port());
  std::optional<RawResponse> refused;
  // The first one's bytes may still be on their way.
  for (refused = large.ask(put("/echo", 100'000) + std::string(100'000, 'b')); refused && refused->status == 200;)
    refused = large.ask(put("/echo", 100'000) + std::string(100'000, 'b'));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  const auto admitted = small.ask(put("/echo", 900) + std::string(900, 'c'));
  ASSERT_TRUE(admitted);
  EXPECT_EQ(admitted->status, 200) << "what is small is never in the way";
  first.send(std::string(20'000, 'a'));
  EXPECT_EQ(first.receive().value_or(RawResponse()).status, 200);
  RawClient again(port());
  const auto later = again.ask(put("/echo", 100'000) + std::string(100'000, 'b'));
  EXPECT_EQ(later.value_or(RawResponse()).status, 200) << "what was taken is given back";
}

TEST(BodyBudgetTest, AShareGrowsAndIsGivenBack) {
  BodyBudget budget(10, 100);
  {
    BodyBudget::Share one(budget);
    BodyBudget::Share other(budget);
    EXPECT_TRUE(one.grow_to(110));
    EXPECT_TRUE(one.grow_to(50)) << "never smaller";
    EXPECT_TRUE(other.grow_to(10)) << "free";
    EXPECT_FALSE(other.grow_to(11));
    EXPECT_FALSE(one.grow_to(111));
  }
  BodyBudget::Share next(budget);
  EXPECT_TRUE(next.grow_to(110));
}

}  // namespace
}  // namespace berth::net
