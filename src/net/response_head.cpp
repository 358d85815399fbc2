#include "net/response_head.h"

#include "net/asio.h"
// After asio.h, which says how Asio is compiled.
#include <boost/beast/http/status.hpp>
#include <charconv>

#include "base/encoding.h"

namespace berth::net {
namespace {

// nullopt: nobody knows before it is sent.
std::optional<std::uint64_t> length_of(const http::Piece& piece) {
  if (const auto* text = std::get_if<std::string>(&piece)) return text->size();
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&piece)) return (*shared)->size();
  if (const auto* file = std::get_if<FileRange>(&piece)) return file->length;
  return std::nullopt;
}

std::optional<std::uint64_t> length_of(const std::vector<http::Piece>& body) {
  std::uint64_t total = 0;
  for (const auto& piece : body) {
    const auto length = length_of(piece);
    if (!length) return std::nullopt;
    total += *length;
  }
  return total;
}

bool is_ours(std::string_view name) {
  using namespace std::string_view_literals;
  static constexpr std::array kOurs{"Connection"sv, "Keep-Alive"sv, "Content-Length"sv, "Transfer-Encoding"sv,
                                    "Date"sv};
  return std::ranges::any_of(
      kOurs, [&](std::string_view ours) { return ours.size() == name.size() && equal_ignoring_case(ours, name); });
}

bool ends_a_field(char c) {
  return c == '\r' || c == '\n' || c == '\0';
}

// No control character, so nothing that ends a field. Without a way out of the loop: many bytes at a time.
bool is_plain(std::string_view value) {
  bool control = false;
  for (const char c : value) control |= static_cast<unsigned char>(c) < 0x20;
  return !control;
}

void add_field(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ", 2);
  const auto from = head.size();
  head.append(value).append("\r\n", 2);
  if (is_plain(value)) return;
  std::replace_if(head.begin() + static_cast<std::ptrdiff_t>(from), head.end() - 2, ends_a_field, ' ');
}

void add_number(std::string& head, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  head.append(digits.data(), end);
}

std::string_view reason_of(int status) {
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  return {reason.data(), reason.size()};
}

}  // namespace

BodyPlan plan_body(const http::Response& response, const ReplyOptions& options) {
  if (response.status == 204) return {};
  if (response.status == 304) return {Framing::kNone, response.content_length, false};
  auto length = length_of(response.body);
  if (options.head_only) {
    if (response.content_length) length = response.content_length;
    return {Framing::kNone, length, false};
  }
  if (!length) length = response.content_length;  // a Source that knows
  if (length) return {Framing::kLength, length, *length > 0};
  return {options.http10 ? Framing::kUntilClose : Framing::kChunked, std::nullopt, true};
}

std::string render_head(const http::Response& response, const BodyPlan& plan, const ReplyOptions& options) {
  std::string head;
  head.reserve(1024);
  head.append("HTTP/1.1 ");
  add_number(head, static_cast<std::uint64_t>(response.status));
  head.append(" ").append(reason_of(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers.fields())
    if (!is_ours(name)) add_field(head, name, value);
  if (!response.headers.find("X-Request-Id") && !options.request_id.empty())
    add_field(head, "X-Request-Id", options.request_id);
  add_field(head, "Date", options.date);
  if (plan.length) {
    head.append("Content-Length: ");
    add_number(head, *plan.length);
    head.append("\r\n");
  }
  if (plan.framing == Framing::kChunked) head.append("Transfer-Encoding: chunked\r\n");
  if (options.close || plan.framing == Framing::kUntilClose)
    head.append("Connection: close\r\n");
  else if (options.http10)
    head.append("Connection: keep-alive\r\n");
  head.append("\r\n");
  return head;
}

}  // namespace berth::net
