#include "response_head.h"

#include <fmt/format.h>
#include <strings.h>

#include <charconv>
#include <stdexcept>

namespace berth::load {
namespace {

bool equal(std::string_view name, std::string_view wanted) {
  return name.size() == wanted.size() && ::strncasecmp(name.data(), wanted.data(), name.size()) == 0;
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  if (std::from_chars(text.data(), text.data() + text.size(), value).ptr == text.data())
    throw std::runtime_error(fmt::format("a header holds '{}' where a number belongs", text));
  return value;
}

void take_field(ResponseHead& head, std::string_view name, std::string_view value) {
  if (equal(name, "content-length"))
    head.length = number<std::uint64_t>(value);
  else if (equal(name, "transfer-encoding"))
    head.chunked = equal(value, "chunked");
  else if (equal(name, "location"))
    head.location = value;
  else if (equal(name, "connection"))
    head.closes = equal(value, "close");
}

}  // namespace

ResponseHead ResponseHead::parse(std::string_view text) {
  if (!text.starts_with("HTTP/1.1 ")) throw std::runtime_error("the answer is no HTTP/1.1");
  ResponseHead head;
  head.status = number<int>(text.substr(9, 3));
  auto line = text.find("\r\n") + 2;
  while (line < text.size()) {
    const auto end = text.find("\r\n", line);
    if (end == line || end == std::string_view::npos) break;
    const auto field = text.substr(line, end - line);
    const auto colon = field.find(':');
    if (colon == std::string_view::npos) throw std::runtime_error("a header line has no colon");
    const auto value = field.find_first_not_of(" \t", colon + 1);
    take_field(head, field.substr(0, colon),
               value == std::string_view::npos ? std::string_view() : field.substr(value));
    line = end + 2;
  }
  return head;
}

}  // namespace berth::load
