#include "net/request_reader.h"

#include "net/head_parser.h"
#include "net/head_scanner.h"

namespace berth::net {

// Without a buffer while it waits: an idle connection costs its objects and nothing else. Not a coroutine itself: one
// frame less for each request.
Task<IoResult<void>> RequestReader::wait() {
  buffer_.release();
  // Who connects has something to ask: only afterwards it is "keep-alive".
  waiting_ = Patience::fixed(std::exchange(first_, false) ? limits_.header_time : limits_.idle);
  return transport_.wait_readable(waiting_);
}

// What is here already is nearly always the whole head.
std::size_t RequestReader::ready() {
  if (buffer_.empty()) buffer_.commit(transport_.read_ready(buffer_.room()));
  if (buffer_.empty()) return 0;
  HeadScanner scanner(limits_);
  return scanner.scan(buffer_.bytes()).value_or(0);
}

Task<IoResult<void>> RequestReader::read_more(Patience& patience) {
  const auto room = buffer_.room();
  const auto got = co_await transport_.read_some(room, patience);
  if (!got) co_return std::unexpected(got.error());
  if (*got == 0) co_return std::unexpected(Broken::kClosed);
  buffer_.commit(*got);
  co_return IoResult<void>();
}

// RFC 9112, 2.2: a server should ignore an empty line before the request line. Two, here; a third is a bad request.
Task<IoResult<void>> RequestReader::skip_empty_lines(Patience& patience) {
  for (int lines = 0; lines < 2; ++lines) {
    while (buffer_.empty() || buffer_.bytes() == "\r") {
      const auto more = co_await read_more(patience);
      if (!more) co_return more;
    }
    if (!buffer_.bytes().starts_with("\r\n")) break;
    buffer_.consume(2);
  }
  co_return IoResult<void>();
}

NoRequest RequestReader::no_request(Broken why) {
  if (why == Broken::kTimeout) metrics_.timed_out_in_head();
  if (why != Broken::kTimeout || buffer_.empty()) return NoRequest(why);
  return NoRequest(Refusal::of(Fault::kTimeout, "the request's head took too long"), buffer_.bytes());
}

std::expected<RequestHead, Refusal> RequestReader::parse(std::size_t length) {
  auto raw = parse_head(buffer_.bytes().substr(0, length));
  if (!raw) return std::unexpected(std::move(raw.error()));
  auto head = understand(std::move(*raw), limits_.target_bytes);
  if (head) buffer_.consume(length);
  return head;
}

Task<std::expected<RequestHead, NoRequest>> RequestReader::read() {
  auto patience = Patience::fixed(limits_.header_time);
  IoResult<void> begun;
  if (buffer_.empty() || buffer_.bytes().front() == '\r') begun = co_await skip_empty_lines(patience);
  HeadScanner scanner(limits_);
  while (begun) {
    auto length = buffer_.empty() ? std::size_t{0} : scanner.scan(buffer_.bytes());
    if (!length) co_return std::unexpected(NoRequest(std::move(length.error()), buffer_.bytes()));
    if (*length > 0) {
      auto head = parse(*length);
      if (head) co_return std::move(*head);
      co_return std::unexpected(NoRequest(std::move(head.error()), buffer_.bytes().substr(0, *length)));
    }
    begun = co_await read_more(patience);
  }
  co_return std::unexpected(no_request(begun.error()));
}

}  // namespace berth::net
