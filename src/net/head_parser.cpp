#include "net/head_parser.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace berth::net {
namespace {

using Parsed = std::expected<void, Refusal>;

// RFC 9110, 5.6.2: letters, digits and these.
constexpr auto kIsTokenChar = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < table.size(); ++c)
    table[c] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_token(std::string_view text) {
  const auto is_token_char = [](char c) { return kIsTokenChar[static_cast<unsigned char>(c)]; };
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

// The next two have no way out of their loops: many bytes at a time.
//
// RFC 9110, 5.5: visible characters, spaces, tabs and bytes beyond ASCII.
bool is_field_value(std::string_view text) {
  bool good = true;
  for (const char byte : text) {
    const auto c = static_cast<unsigned char>(byte);
    good &= (c >= 0x20 && c != 0x7F) || c == '\t';
  }
  return good;
}

// What a URI may hold is checked where it is read; here: nothing that would end it.
bool is_target(std::string_view text) {
  bool good = !text.empty();
  for (const char byte : text) {
    const auto c = static_cast<unsigned char>(byte);
    good &= c > 0x20 && c != 0x7F;
  }
  return good;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view trim(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::unexpected<Refusal> bad(std::string_view what) {
  return std::unexpected(Refusal::bad_request(fmt::format("malformed request: {}", what)));
}

// Takes the next line, without its CRLF, from `rest`; nullopt where there is no whole one.
std::optional<std::string_view> next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  if (end == std::string_view::npos || end == 0 || rest[end - 1] != '\r') return std::nullopt;
  const auto line = rest.substr(0, end - 1);
  rest.remove_prefix(end + 1);
  return line;
}

// "HTTP/1.1". Another version than ours is told apart from what is none (RFC 9110, 15.6.6).
Parsed read_version(RawHead& head, std::string_view text) {
  const bool is_version =
      text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
  if (!is_version) return bad("bad version");
  head.version = (text[5] - '0') * 10 + (text[7] - '0');
  if (head.version == 10 || head.version == 11) return {};
  return std::unexpected(Refusal::of(Fault::kHttpVersion, "this server speaks HTTP/1.1 and HTTP/1.0"));
}

// RFC 9112, 3: method SP request-target SP HTTP-version, with single spaces.
Parsed read_request_line(RawHead& head, std::string_view line) {
  const auto first = line.find(' ');
  if (first == std::string_view::npos || !is_token(line.substr(0, first))) return bad("bad method");
  const auto second = line.find(' ', first + 1);
  if (second == std::string_view::npos) return bad("bad target");
  const auto target = line.substr(first + 1, second - first - 1);
  if (!is_target(target)) return bad("bad target");
  head.method = line.substr(0, first);
  head.target = target;
  return read_version(head, line.substr(second + 1));
}

struct Persistence {
  bool close = false;
  bool keep_alive = false;
};

// RFC 9110, 7.6.1: a list of tokens, in which empty members count for nothing.
bool read_connection(Persistence& into, std::string_view list) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    const auto option = trim(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (!option.empty() && !is_token(option)) return false;
    into.close |= equal_ignoring_case(option, "close");
    into.keep_alive |= equal_ignoring_case(option, "keep-alive");
  }
  return true;
}

// RFC 9112, 5: the name ends at the colon, with no space before it.
Parsed read_field(RawHead& head, Persistence& persistence, std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return bad("bad field");
  const auto name = line.substr(0, colon);
  const auto value = trim(line.substr(colon + 1));
  if (!is_field_value(value)) return bad("bad value");
  if (equal_ignoring_case(name, "Connection") && !read_connection(persistence, value)) return bad("bad value");
  head.headers.add(name, value);
  return {};
}

}  // namespace

std::expected<RawHead, Refusal> parse_head(std::string_view head) {
  RawHead raw;
  auto rest = head;
  const auto first = next_line(rest);
  if (!first) return bad("no request line");
  if (auto read = read_request_line(raw, *first); !read) return std::unexpected(std::move(read.error()));
  raw.headers.reserve(rest.size());
  Persistence persistence;
  while (true) {
    const auto line = next_line(rest);
    if (!line) return bad("the head has no end");
    if (line->empty()) break;
    if (auto read = read_field(raw, persistence, *line); !read) return std::unexpected(std::move(read.error()));
  }
  if (!rest.empty()) return bad("more than a head");
  raw.keep_alive = !persistence.close && (raw.version == 11 || persistence.keep_alive);
  return raw;
}

}  // namespace berth::net
