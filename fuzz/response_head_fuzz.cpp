#include "fuzz_support.h"
#include "net/response_head.h"

using namespace berth;
using fuzz::require;

namespace {

std::size_t lines_of(std::string_view head) {
  std::size_t lines = 0;
  for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) ++lines;
  return lines;
}

}  // namespace

/// The first three bytes are status and options, every further line the value of a field: no value begins a new one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Parts parts(fuzz::text_of(data, size));
  constexpr int kStatuses[] = {200, 201, 204, 206, 304, 400, 404, 416, 500};
  auto response = http::Response::of(kStatuses[parts.choose(std::size(kStatuses))]);
  const auto flags = parts.choose(8);
  const net::ReplyOptions options{.head_only = (flags & 1) != 0,
                                  .http10 = (flags & 2) != 0,
                                  .close = (flags & 4) != 0,
                                  .request_id = "0123456789abcdef0123456789abcdef",
                                  .date = "Sat, 21 Nov 2026 03:04:05 GMT"};
  std::size_t fields = 0;
  while (!parts.rest().empty() && fields < 50)
    response.headers.add(fmt::format("X-{}", ++fields), std::string(parts.until('|')));
  response.body.emplace_back(std::string(parts.choose(3), 'x'));
  const auto plan = net::plan_body(response, options);
  const auto head = net::render_head(response, plan, options);
  require(head.ends_with("\r\n\r\n") && head.find("\r\n\r\n") == head.size() - 4 && !head.contains('\0'));
  const bool length = plan.length.has_value();
  const bool chunked = plan.framing == net::Framing::kChunked;
  const bool connection = options.close || plan.framing == net::Framing::kUntilClose || options.http10;
  require(lines_of(head) == fields + 4U + length + chunked + connection);  // status, id, date, the empty line
  require(!(length && chunked) &&
          !(plan.send && (options.head_only || response.status == 204 || response.status == 304)));
  return 0;
}
