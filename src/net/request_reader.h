#pragma once

#include <variant>

#include "net/read_buffer.h"
#include "net/request_head.h"
#include "net/transport.h"

namespace berth::net {

/// Why there is no request: the connection is over, or it must be after one answer.
struct NoRequest {
  explicit NoRequest(Broken broken) : why(broken) {}
  NoRequest(Refusal refusal, std::string_view head) : why(std::move(refusal)), path(guess_path(head)) {}
  std::variant<Broken, Refusal> why;
  std::string path;  // with a Refusal
};

/// Reads the heads of one connection's requests, one after the other. Loop thread only.
class RequestReader {
 public:
  /// All must outlive the reader.
  RequestReader(Transport& transport, ReadBuffer& buffer, Metrics& metrics, const Limits& limits)
      : transport_(transport),
        buffer_(buffer),
        metrics_(metrics),
        limits_(limits) {}

  /// Waits until a request begins, with nothing in the buffer. kClosed: the peer has left, as it may.
  Task<IoResult<void>> wait();
  /// The length of the head that is here; 0 when it is not here as a whole, or no head: read() waits for the rest, or
  /// says what is wrong.
  [[nodiscard]] std::size_t ready();
  /// The head of that length; the buffer then begins with its body. A refused one stays there, for read().
  [[nodiscard]] std::expected<RequestHead, Refusal> parse(std::size_t length);
  /// The head of the request that has begun; the buffer then begins with its body.
  Task<std::expected<RequestHead, NoRequest>> read();

 private:
  Task<IoResult<void>> read_more(Patience& patience);
  Task<IoResult<void>> skip_empty_lines(Patience& patience);
  NoRequest no_request(Broken why);

  Transport& transport_;
  ReadBuffer& buffer_;
  Metrics& metrics_;
  const Limits& limits_;
  Patience waiting_ = Patience::fixed({});  // of the present wait()
  bool first_ = true;
};

}  // namespace berth::net
