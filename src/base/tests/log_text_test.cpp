#include "base/log_text.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace berth::log {
namespace {

std::string as_logged(std::string_view text) {
  std::string line;
  append_quoted(line, text);
  return line;
}

TEST(LogText, what_is_plain_stays_as_it_is) {
  EXPECT_EQ(as_logged(""), R"("")");
  EXPECT_EQ(as_logged("GET /v2/"), R"("GET /v2/")");
  EXPECT_EQ(as_logged("käse 🧀 中文"), R"("käse 🧀 中文")");
}

TEST(LogText, nothing_ends_the_line_or_speaks_to_a_terminal) {
  EXPECT_EQ(as_logged("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(as_logged("a\r\nb\tc"), R"("a\u000d\u000ab\u0009c")");
  EXPECT_EQ(as_logged("\x1b[31m\x7f"), R"("\u001b[31m\u007f")");
  EXPECT_EQ(as_logged("\xC2\x9B"), R"("\u009b")");
  EXPECT_EQ(as_logged("\xC2\xA0"), "\"\xC2\xA0\"");
}

TEST(LogText, what_is_no_utf8_is_replaced_byte_by_byte) {
  for (const auto* broken :
       {"\xff", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "\xc3", "\xe4\xb8"}) {
    const auto line = as_logged(broken);
    const auto value = parse_json(std::string_view(line));
    ASSERT_TRUE(value.has_value()) << line;
    std::string replaced;
    for (std::size_t i = 0; i < std::string_view(broken).size(); ++i) replaced += "\xEF\xBF\xBD";
    EXPECT_EQ(value->as_string(), replaced);
  }
}

TEST(LogText, is_json_whatever_the_bytes) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const auto line = as_logged(all);
  EXPECT_TRUE(parse_json(std::string_view(line)).has_value());
  std::string pairs;
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) pairs.append({static_cast<char>(a), static_cast<char>(b)});
  const auto longer = as_logged(pairs);
  EXPECT_TRUE(parse_json(std::string_view(longer)).has_value());
}

}  // namespace
}  // namespace berth::log
