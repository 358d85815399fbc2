#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string_view>

#include "net/request_head.h"

namespace berth::net {

/// One request's bytes into values; Beast's HTTP/1.1 parser underneath, fed with memory and never with a socket. A new
/// one for every request. One thread at a time.
class RequestParser {
 public:
  RequestParser();
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  /// A whole head, as HeadScanner delimits it.
  std::expected<RawHead, Refusal> parse_head(std::string_view head);

  struct Decoded {
    std::size_t consumed = 0;
    std::size_t produced = 0;
    bool complete = false;  // the last chunk and its trailer (which is dropped) are consumed
  };
  /// After the head of a chunked request: as much of `bytes` as can be decoded into `into`. Consumes nothing when the
  /// next chunk's header is incomplete.
  std::expected<Decoded, Refusal> decode_chunks(std::string_view bytes, std::span<char> into);

 private:
  class Codec;
  std::unique_ptr<Codec> codec_;
};

}  // namespace berth::net
