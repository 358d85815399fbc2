#pragma once

#include <expected>
#include <string_view>

#include "net/limits.h"
#include "net/refusal.h"

namespace berth::net {

/// Finds the end of a request's head in bytes that arrive piece by piece, and holds it to its limits and to the strict
/// line grammar of RFC 9112, 2.2: lines end in CRLF, there is no bare CR or LF, no NUL, no folded field (5.2). Two
/// servers that read such lines differently are what request smuggling needs. The fields themselves are the parser's.
class HeadScanner {
 public:
  /// `limits` must outlive the scanner.
  explicit HeadScanner(const Limits& limits) : limits_(limits) {}

  /// `bytes`: all that has arrived, from the request's first byte; only what is new since the last call is looked at.
  /// The length of the head with its empty line; 0 when more is needed.
  std::expected<std::size_t, Refusal> scan(std::string_view bytes);

 private:
  std::expected<bool, Refusal> end_line(std::string_view bytes, std::size_t feed);
  [[nodiscard]] std::expected<void, Refusal> check_target(std::size_t length) const;
  [[nodiscard]] std::expected<void, Refusal> check_size(std::size_t have) const;

  const Limits& limits_;
  std::size_t line_ = 0;   // where the present line begins
  std::size_t next_ = 0;   // the first byte not looked at
  std::size_t lines_ = 0;  // whole lines so far, the request line included
};

}  // namespace berth::net
