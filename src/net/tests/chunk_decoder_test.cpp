#include "net/chunk_decoder.h"

namespace berth::net {
namespace {

struct Case {
  std::string_view name;
  std::string chunks;
  std::optional<std::string> body;  // nullopt: refused
};

const Case kCases[] = {
    {"two_chunks", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"},
    {"empty_body", "0\r\n\r\n", ""},
    {"extension_is_ignored", "5;name=value\r\nhello\r\n0\r\n\r\n", "hello"},
    {"trailer_is_dropped", "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", "hello"},
    {"upper_case_size", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
    {"no_size", "\r\nhello\r\n0\r\n\r\n", std::nullopt},
    {"size_is_no_number", "x\r\nhello\r\n0\r\n\r\n", std::nullopt},
    {"negative_size", "-5\r\nhello\r\n0\r\n\r\n", std::nullopt},
    {"prefixed_size", "0x5\r\nhello\r\n0\r\n\r\n", std::nullopt},
    {"size_overflows", "10000000000000000\r\nhello\r\n0\r\n\r\n", std::nullopt},
    {"chunk_longer_than_its_size", "5\r\nhello!\r\n0\r\n\r\n", std::nullopt},
    {"leading_zeros", "0005\r\nhello\r\n000\r\n\r\n", "hello"},
    {"space_after_size", "5 \r\nhello\r\n0\r\n\r\n", std::nullopt},
    {"bare_return_after_size", "5\rhello\r\n0\r\n\r\n", std::nullopt},
    {"bare_feed_after_data", "5\r\nhello\n0\r\n\r\n", std::nullopt},
    {"bare_feed_in_an_extension", "5;a\nhello\r\n0\r\n\r\n", std::nullopt},
    {"bare_feed_in_the_trailer", "5\r\nhello\r\n0\r\nA: b\n\r\n", std::nullopt},
    {"folded_trailer", "5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n", std::nullopt},
    {"endless_extension", "5;" + std::string(300, 'x') + "\r\nhello\r\n0\r\n\r\n", std::nullopt},
    {"endless_trailer", "0\r\n" + std::string(9000, 'x') + "\r\n\r\n", std::nullopt},
    {"bare_feed_after_size", "5\nhello\r\n0\r\n\r\n", std::nullopt},
    {"space_before_size", " 5\r\nhello\r\n0\r\n\r\n", std::nullopt},
    {"length_in_the_trailer_means_nothing", "5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n", "hello"},
};

class Chunks : public testing::TestWithParam<Case> {
 protected:
  // Feeds `step` bytes at a time into a window of `window` bytes, as BodyReader does.
  static std::optional<std::string> decode(std::string_view chunks, std::size_t step, std::size_t window) {
    ChunkDecoder decoder;
    std::string waiting;
    std::string body;
    std::string into(window, '\0');
    while (true) {
      const auto decoded = decoder.decode(waiting, into);
      if (!decoded) return std::nullopt;
      body.append(into, 0, decoded->produced);
      waiting.erase(0, decoded->consumed);
      if (decoder.complete()) return body;
      if (decoded->produced > 0) continue;
      if (chunks.empty()) return "incomplete";
      waiting += chunks.substr(0, step);
      chunks.remove_prefix(std::min(step, chunks.size()));
    }
  }
};

TEST_P(Chunks, AllAtOnce) {
  EXPECT_EQ(decode(GetParam().chunks, 1000, 1000), GetParam().body);
}
TEST_P(Chunks, ByteByByte) {
  EXPECT_EQ(decode(GetParam().chunks, 1, 1000), GetParam().body);
}
TEST_P(Chunks, IntoASmallWindow) {
  EXPECT_EQ(decode(GetParam().chunks, 1000, 2), GetParam().body);
}

INSTANTIATE_TEST_SUITE_P(, Chunks, testing::ValuesIn(kCases),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(ChunkDecoder, LeavesTheNextRequestAlone) {
  ChunkDecoder decoder;
  const std::string bytes = "2\r\nhi\r\n0\r\n\r\nGET / HTTP/1.1\r\n";
  std::string into(100, '\0');
  const auto decoded = decoder.decode(bytes, into);
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(decoder.complete());
  EXPECT_EQ(bytes.substr(decoded->consumed), "GET / HTTP/1.1\r\n");
}

}  // namespace
}  // namespace berth::net
