#include "net/tests/server_fixture.h"

namespace berth::net {
namespace {

using http::Response;

// Gives its text in pieces of at most `step` bytes; throws at the end if told to.
class TextSource final : public Source {
 public:
  TextSource(std::string text, std::size_t step, bool fails = false)
      : text_(std::move(text)),
        step_(step),
        fails_(fails) {}
  std::size_t read(std::span<char> into) override {
    const auto take = std::min({into.size(), step_, text_.size() - at_});
    if (take == 0 && fails_) throw std::runtime_error("the origin is gone");
    std::copy_n(text_.data() + at_, take, into.data());
    at_ += take;
    return take;
  }

 private:
  std::string text_;
  std::size_t step_;
  bool fails_;
  std::size_t at_ = 0;
};

class Responses : public ServerTest {
 protected:
  void answer_file(std::string path, std::uint64_t offset, std::uint64_t length) {
    core.answers(std::move(path), [this, offset, length] {
      auto response = Response::of(200);
      response.body.emplace_back(FileRange{file, offset, length});
      return response;
    });
  }
  void answer_source(std::string path, std::string text, std::optional<std::uint64_t> length, bool fails = false) {
    core.answers(std::move(path), [=] {
      auto response = Response::of(200);
      response.content_length = length;
      response.body.emplace_back(std::make_unique<TextSource>(text, 10'000, fails));
      return response;
    });
  }

  TemporaryDirectory directory;
  std::string bytes = pattern(7'000'001);
  std::shared_ptr<const File> file = directory.file("blob", bytes);
};

TEST_F(Responses, CarryTheirFields) {
  core.answers("/fields", [] {
    auto response = Response::text(202, "text/plain", "x");
    response.headers.add("Docker-Content-Digest", "sha256:abc");
    response.headers.add("Link", "</a>; rel=\"next\"");
    response.headers.add("Content-Length", "99");  // ours, whatever they say
    response.headers.add("Date", "yesterday");
    return response;
  });
  start();
  RawClient client(port());
  const auto response = client.ask(get("/fields"));
  ASSERT_TRUE(response);
  EXPECT_THAT(response->head, testing::StartsWith("HTTP/1.1 202 Accepted\r\n"));
  EXPECT_EQ(response->header("docker-content-digest"), "sha256:abc");
  EXPECT_EQ(response->header("content-length"), "1");
  EXPECT_THAT(response->header("date"), testing::EndsWith(" GMT"));
}

TEST_F(Responses, CannotBeSplit) {
  core.answers("/split", [] {
    auto response = Response::of(200);
    response.headers.add("X-Name", "a\r\nX-Evil: yes\r\n\r\nbody");
    return response;
  });
  start();
  RawClient client(port());
  const auto response = client.ask(get("/split"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->header("x-evil"), "");
  EXPECT_EQ(response->header("x-name"), "a  X-Evil: yes    body");
}

TEST_F(Responses, OfManyPiecesAreOneBody) {
  const auto shared = std::make_shared<const std::string>("shared ");
  core.answers("/pieces", [&] {
    auto response = Response::of(200);
    std::string expected;
    for (int i = 0; i < 40; ++i) response.body.emplace_back(fmt::format("{} ", i));
    response.body.emplace_back(shared);
    response.body.emplace_back(FileRange{file, 5, 100});
    response.body.emplace_back(std::string("end"));
    return response;
  });
  start();
  RawClient client(port());
  std::string expected;
  for (int i = 0; i < 40; ++i) expected += fmt::format("{} ", i);
  expected += "shared " + bytes.substr(5, 100) + "end";
  EXPECT_TRUE(client.ask(get("/pieces")).value_or(RawResponse()).body == expected);
}

struct Range {
  std::string_view name;
  std::uint64_t offset;
  std::uint64_t length;
};
class FileResponses : public Responses, public testing::WithParamInterface<Range> {};

TEST_P(FileResponses, SendExactlyTheRange) {
  const auto& range = GetParam();
  answer_file("/file", range.offset, range.length);
  start();
  RawClient client(port());
  for (int i = 0; i < 2; ++i) {
    const auto response = client.ask(get("/file"));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->header("content-length"), std::to_string(range.length));
    EXPECT_TRUE(response->body == bytes.substr(range.offset, range.length));
  }
}

INSTANTIATE_TEST_SUITE_P(, FileResponses,
                         testing::Values(Range{"whole", 0, 7'000'001}, Range{"first_byte", 0, 1},
                                         Range{"last_byte", 7'000'000, 1}, Range{"middle", 1'048'577, 3'000'000},
                                         Range{"one_slice", 0, 1U << 20}, Range{"nothing", 100, 0}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_F(Responses, OfAFileThatIsTooShortEndTheConnection) {
  answer_file("/short", 7'000'000, 100);
  start();
  RawClient client(port());
  EXPECT_FALSE(client.ask(get("/short")));
}

TEST_F(Responses, FromASourceAreChunked) {
  const auto text = pattern(100'000);
  answer_source("/source", text, std::nullopt);
  start();
  RawClient client(port());
  const auto response = client.ask(get("/source"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->header("transfer-encoding"), "chunked");
  EXPECT_EQ(response->header("content-length"), "");
  EXPECT_TRUE(response->body == text);
  EXPECT_EQ(client.ask(get("/hello")).value_or(RawResponse()).status, 200);
}

TEST_F(Responses, FromMixedPiecesAreChunkedInOrder) {
  core.answers("/mixed", [this] {
    auto response = Response::of(200);
    response.body.emplace_back(std::string("a"));
    response.body.emplace_back(std::make_unique<TextSource>("b", 1));
    response.body.emplace_back(std::string());  // an empty chunk would end the body
    response.body.emplace_back(FileRange{file, 0, 2'000'000});
    response.body.emplace_back(std::string("c"));
    return response;
  });
  start();
  RawClient client(port());
  EXPECT_TRUE(client.ask(get("/mixed")).value_or(RawResponse()).body == "ab" + bytes.substr(0, 2'000'000) + "c");
}

TEST_F(Responses, FromASourceOfKnownLengthSayIt) {
  const auto text = pattern(100'000);
  answer_source("/source", text, text.size());
  start();
  RawClient client(port());
  const auto response = client.ask(get("/source"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->header("content-length"), "100000");
  EXPECT_TRUE(response->body == text);
}

TEST_F(Responses, FromASourceThatEndsEarlyEndTheConnection) {
  answer_source("/short", "short", 100);
  start();
  RawClient client(port());
  EXPECT_FALSE(client.ask(get("/short")));
}

TEST_F(Responses, FromASourceThatFailsHaveNoLastChunk) {
  answer_source("/broken", "some", std::nullopt, true);
  start();
  RawClient client(port());
  EXPECT_FALSE(client.ask(get("/broken")));
}

TEST_F(Responses, FromASourceToVersionOneZeroEndWithTheConnection) {
  answer_source("/source", "text", std::nullopt);
  start();
  RawClient client(port());
  const auto response = client.ask("GET /source HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->header("transfer-encoding"), "");
  EXPECT_EQ(response->header("connection"), "close");
  EXPECT_EQ(response->body, "text");
}

TEST_F(Responses, ToHeadHaveTheLengthAndNoBody) {
  answer_file("/file", 0, 7'000'001);
  core.answers("/known", [] {
    auto response = Response::of(200);
    response.content_length = 12345;
    return response;
  });
  start();
  RawClient client(port());
  EXPECT_EQ(client.ask("HEAD /file HTTP/1.1\r\nHost: x\r\n\r\n", true).value_or(RawResponse()).header("content-length"),
            "7000001");
  EXPECT_EQ(
      client.ask("HEAD /known HTTP/1.1\r\nHost: x\r\n\r\n", true).value_or(RawResponse()).header("content-length"),
      "12345");
  EXPECT_EQ(client.ask(get("/hello")).value_or(RawResponse()).body, "hello");
}

struct Bodiless {
  std::string_view name;
  int status;
  std::string_view length;
};
class BodilessResponses : public ServerTest, public testing::WithParamInterface<Bodiless> {};

TEST_P(BodilessResponses, HaveNoBody) {
  core.answers("/it", [] {
    auto response = Response::of(GetParam().status);
    if (GetParam().status != 202) response.body.emplace_back(std::string("never sent"));
    return response;
  });
  start();
  RawClient client(port());
  const auto response = client.ask(get("/it"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, GetParam().status);
  EXPECT_EQ(response->header("content-length"), GetParam().length);
  EXPECT_EQ(client.ask(get("/hello")).value_or(RawResponse()).body, "hello");
}

INSTANTIATE_TEST_SUITE_P(, BodilessResponses,
                         testing::Values(Bodiless{"no_content", 204, ""}, Bodiless{"not_modified", 304, ""},
                                         Bodiless{"accepted", 202, "0"}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_F(Responses, ThatNobodyReadsAreGivenUp) {
  struct Endless final : Source {
    explicit Endless(Gate& the_gate) : gate(the_gate) {}
    ~Endless() override { gate.pass(); }
    std::size_t read(std::span<char> into) override { return into.size(); }
    Gate& gate;
  };
  Gate gone;
  gone.open();
  core.answers("/endless", [&gone] {
    auto response = Response::of(200);
    response.body.emplace_back(std::make_unique<Endless>(gone));
    return response;
  });
  settings.limits.grace = Duration(50);
  start();
  RawClient client(port());
  client.send(get("/endless"));
  gone.await_visitor();
  EXPECT_EQ(client.rest().substr(0, 12), "HTTP/1.1 200");  // up to where it was cut
}

}  // namespace
}  // namespace berth::net
