#include "net/request_head.h"

#include <charconv>

#include "base/encoding.h"

namespace berth::net {
namespace {

using Checked = std::expected<void, Refusal>;

std::unexpected<Refusal> bad(std::string message) {
  return std::unexpected(Refusal::bad_request(std::move(message)));
}

// RFC 9110, 8.6: digits, nothing else. Repeated fields are refused even when they agree.
Checked read_content_length(RequestHead& head) {
  const auto value = head.request.headers.find("Content-Length");
  if (!value) return {};
  if (head.request.headers.count("Content-Length") > 1) return bad("Content-Length stands twice");
  std::uint64_t length = 0;
  const auto* end = value->data() + value->size();
  const auto parsed = std::from_chars(value->data(), end, length);
  if (value->empty() || parsed.ec != std::errc() || parsed.ptr != end) return bad("Content-Length is not a number");
  head.request.content_length = length;
  head.request.has_body = length > 0;
  return {};
}

// RFC 9112, 6.1 and 6.3: "chunked" alone; never beside Content-Length; never in HTTP/1.0.
Checked read_transfer_encoding(RequestHead& head) {
  const auto value = head.request.headers.find("Transfer-Encoding");
  if (!value) return {};
  if (head.request.content_length) return bad("Transfer-Encoding beside Content-Length");
  if (head.version < 11) return bad("Transfer-Encoding in HTTP/1.0");
  if (head.request.headers.count("Transfer-Encoding") > 1) return bad("Transfer-Encoding stands twice");
  if (!equal_ignoring_case(*value, "chunked"))
    return std::unexpected(Refusal::of(Fault::kTransferCoding, "the only transfer coding here is chunked"));
  head.chunked = true;
  head.request.has_body = true;
  return {};
}

// RFC 9110, 10.1.1.
Checked read_expectation(RequestHead& head) {
  const auto value = head.request.headers.find("Expect");
  if (!value || head.version < 11) return {};
  if (!equal_ignoring_case(*value, "100-continue"))
    return std::unexpected(Refusal::of(Fault::kExpectation, "the only expectation here is 100-continue"));
  head.expects_continue = head.request.has_body;
  return {};
}

bool is_host(std::string_view text) {
  constexpr std::string_view kAlso = "-._~:[]%!$&'()*+,;=";
  return std::ranges::all_of(text, [&](unsigned char c) {
    return std::isalnum(c) != 0 || kAlso.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// RFC 9112, 3.2: exactly one Host in HTTP/1.1.
Checked read_host(RequestHead& head) {
  const auto value = head.request.headers.find("Host");
  if (!value && head.version >= 11) return bad("Host is missing");
  if (!value) return {};
  if (head.request.headers.count("Host") > 1) return bad("Host stands twice");
  if (!is_host(*value)) return bad("Host is malformed");
  head.request.host = *value;
  return {};
}

// RFC 9112, 3.2.2: the absolute form is taken from anybody, and its authority wins over Host.
Checked take_authority(RequestHead& head, std::string_view& target) {
  const auto scheme = target.substr(0, target.find("://"));
  if (scheme.size() == target.size()) return {};
  if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) return {};
  target.remove_prefix(scheme.size() + 3);
  const auto authority = target.substr(0, target.find_first_of("/?"));
  if (authority.empty() || !is_host(authority)) return bad("the request target is malformed");
  head.request.host = authority;
  target.remove_prefix(authority.size());
  return {};
}

Checked read_target(RequestHead& head) {
  std::string_view target = head.request.target;
  const bool of_the_server = target == "*" && head.request.method == http::Method::kOptions;  // RFC 9110, 9.3.7
  if (!of_the_server && !target.starts_with('/'))
    if (auto taken = take_authority(head, target); !taken) return taken;
  const bool rootless = target.empty() || target.starts_with('?');
  if (!of_the_server && !rootless && !target.starts_with('/')) return bad("the request target is malformed");
  if (target.contains('#')) return bad("the request target has a fragment");
  const auto mark = target.find('?');
  head.request.path = rootless ? "/" : std::string(target.substr(0, mark));
  if (mark == std::string_view::npos) return {};
  auto query = http::Query::parse(target.substr(mark + 1));
  if (!query) return std::unexpected(Refusal{std::move(query.error())});
  head.request.query = std::move(*query);
  return {};
}

Checked read_method(RequestHead& head, std::string_view name) {
  const auto method = http::parse_method(name);
  if (!method) return std::unexpected(Refusal::of(Fault::kMethodNotAllowed, "the method is not known here"));
  head.request.method = *method;
  return {};
}

}  // namespace

std::expected<RequestHead, Refusal> understand(RawHead&& raw, std::size_t target_limit) {
  if (raw.target.size() > target_limit)
    return std::unexpected(
        Refusal::of(Fault::kUriTooLong, fmt::format("a request target has at most {} bytes", target_limit)));
  RequestHead head;
  head.version = raw.version;
  head.keep_alive = raw.keep_alive;
  head.request.target = std::move(raw.target);
  head.request.headers = std::move(raw.headers);
  // The framing comes first: a head that fails it ends the connection whatever else it says.
  for (const auto check : {read_content_length, read_transfer_encoding, read_expectation, read_host})
    if (auto passed = check(head); !passed) return std::unexpected(std::move(passed.error()));
  if (auto known = read_method(head, raw.method); !known) return std::unexpected(std::move(known.error()));
  if (auto read = read_target(head); !read) return std::unexpected(std::move(read.error()));
  return head;
}

std::string_view guess_path(std::string_view head) {
  const auto line = head.substr(0, head.find_first_of("\r\n"));
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return {};
  const auto target = line.substr(space + 1);
  if (!target.starts_with('/')) return {};
  return target.substr(0, target.find_first_of(" ?"));
}

}  // namespace berth::net
