#include "net/head_scanner.h"

namespace berth::net {
namespace {

struct Case {
  std::string_view name;
  std::string bytes;
  std::optional<Fault> refused;  // nullopt: a whole head
  std::size_t rest = 0;          // bytes after it
};

std::string fields(std::size_t count) {
  std::string out = "GET / HTTP/1.1\r\n";
  for (std::size_t i = 0; i < count; ++i) out += "A: b\r\n";
  return out + "\r\n";
}

const Case kCases[] = {
    {"plain", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", std::nullopt},
    {"what_follows_is_left", "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n", std::nullopt, 16},
    {"as_many_fields_as_allowed", fields(10), std::nullopt},
    {"one_field_too_many", fields(11), Fault::kHeadersTooLarge},
    {"as_large_as_allowed", "GET / HTTP/1.1\r\nA: " + std::string(512 - 23, 'a') + "\r\n\r\n", std::nullopt},
    {"one_byte_too_large", "GET / HTTP/1.1\r\nA: " + std::string(512 - 22, 'a') + "\r\n\r\n", Fault::kHeadersTooLarge},
    {"endless_field", "GET / HTTP/1.1\r\nA: " + std::string(600, 'a'), Fault::kHeadersTooLarge},
    {"endless_target", "GET /" + std::string(200, 'a'), Fault::kUriTooLong},
    {"long_request_line", "GET /" + std::string(200, 'a') + " HTTP/1.1\r\n\r\n", Fault::kUriTooLong},
    {"as_long_a_request_line_as_allowed", "GET /" + std::string(100 + 64 - 15, 'a') + " HTTP/1.1\r\n\r\n",
     std::nullopt},
    {"one_byte_too_long_a_request_line", "GET /" + std::string(100 + 64 - 14, 'a') + " HTTP/1.1\r\n\r\n",
     Fault::kUriTooLong},
    {"bare_feed_after_the_request_line", "GET / HTTP/1.1\nHost: x\r\n\r\n", Fault::kInvalid},
    {"bare_feed_in_a_field", "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", Fault::kInvalid},
    {"bare_feed_as_the_empty_line", "GET / HTTP/1.1\r\nA: b\r\n\n", Fault::kInvalid},
    {"bare_return_in_a_field", "GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n", Fault::kInvalid},
    {"two_returns", "GET / HTTP/1.1\r\nA: b\r\r\n\r\n", Fault::kInvalid},
    {"nul_in_a_field", std::string("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", 26), Fault::kInvalid},
    {"field_folded_with_a_space", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", Fault::kInvalid},
    {"field_folded_with_a_tab", "GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n", Fault::kInvalid},
    {"space_before_the_first_field", "GET / HTTP/1.1\r\n A: b\r\n\r\n", Fault::kInvalid},
};

class HeadScannerTest : public testing::TestWithParam<Case> {
 protected:
  Limits limits = [] {
    Limits small;
    small.header_bytes = 512;
    small.header_fields = 10;
    small.target_bytes = 100;
    return small;
  }();

  void expect(const std::expected<std::size_t, Refusal>& scanned) const {
    const auto& wanted = GetParam();
    ASSERT_EQ(scanned.has_value(), !wanted.refused);
    if (scanned) {
      EXPECT_EQ(*scanned, wanted.bytes.size() - wanted.rest);
    } else {
      EXPECT_EQ(name_of(scanned.error().error.fault), name_of(*wanted.refused));
    }
  }
};

TEST_P(HeadScannerTest, AllAtOnce) {
  expect(HeadScanner(limits).scan(GetParam().bytes));
}

TEST_P(HeadScannerTest, ByteByByte) {
  HeadScanner scanner(limits);
  std::expected<std::size_t, Refusal> scanned = 0;
  for (std::size_t size = 1; size <= GetParam().bytes.size() && scanned && *scanned == 0; ++size)
    scanned = scanner.scan(std::string_view(GetParam().bytes).substr(0, size));
  expect(scanned);
}

INSTANTIATE_TEST_SUITE_P(, HeadScannerTest, testing::ValuesIn(kCases),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace berth::net
