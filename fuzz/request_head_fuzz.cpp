#include "fuzz_support.h"
#include "net/head_parser.h"
#include "net/head_scanner.h"
#include "net/request_head.h"
#include "net/request_id.h"

using namespace berth;
using fuzz::require;

namespace {

constexpr net::Limits kLimits{.header_bytes = 2048, .header_fields = 20, .target_bytes = 512};
using Scanned = std::expected<std::size_t, net::Refusal>;

/// As it comes from a socket: `step` bytes at a time.
Scanned scan(std::string_view bytes, std::size_t step) {
  net::HeadScanner scanner(kLimits);
  for (std::size_t have = std::min(step, bytes.size());; have = std::min(have + step, bytes.size())) {
    auto length = scanner.scan(bytes.substr(0, have));
    if (!length || *length > 0 || have == bytes.size()) return length;
  }
}

void check_lines(std::string_view head) {
  require(head.size() <= kLimits.header_bytes && head.ends_with("\r\n\r\n") && !head.contains('\0'));
  for (std::size_t at = 0; at < head.size(); ++at) {
    if (head[at] == '\n') require(at > 0 && head[at - 1] == '\r');
    if (head[at] == '\r') require(head[at + 1] == '\n');
  }
}

void check(const net::RequestHead& head) {
  const auto& request = head.request;
  require(request.path.starts_with('/') || (request.path == "*" && request.method == http::Method::kOptions));
  require(!request.path.contains('?') && !request.path.contains(' ') && request.target.size() <= kLimits.target_bytes);
  require(!(head.chunked && request.content_length));  // one way to frame the body, or smuggling begins
  require(!head.chunked || head.version >= 11);
  require(request.has_body == (head.chunked || request.content_length.value_or(0) > 0));
  require(request.headers.all("Host").size() == 1 || (head.version < 11 && request.headers.all("Host").empty()));
  require(request.host.find_first_of("/\\\"<> ") == std::string::npos);
  require(request.headers.fields().size() <= kLimits.header_fields);
  for (const auto& [name, value] : request.headers.fields()) {
    require(!name.empty() && name.find_first_of(std::string_view(" \t\r\n:\0", 6)) == std::string::npos);
    require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
  }
  require(net::request_id_for(request.headers).size() == 32);
}

}  // namespace

/// The first byte says how many bytes arrive at a time, the rest is what the peer sends.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Parts parts(fuzz::text_of(data, size));
  const auto step = parts.choose(32) + 1;
  const auto bytes = parts.rest();
  const auto whole = scan(bytes, std::max<std::size_t>(bytes.size(), 1));
  const auto pieces = scan(bytes, step);
  require(whole.has_value() == pieces.has_value() && (!whole || *whole == *pieces));
  static_cast<void>(net::guess_path(bytes));
  if (!whole || *whole == 0) return 0;
  const auto text = bytes.substr(0, *whole);
  if (text == "\r\n") {
    require(!net::parse_head(text));  // the reader forgives two empty lines before a request; one more is none
    return 0;
  }
  check_lines(text);
  auto raw = net::parse_head(text);
  if (!raw) return 0;
  if (const auto head = net::understand(std::move(*raw), kLimits.target_bytes)) check(*head);
  return 0;
}
