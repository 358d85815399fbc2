#include "net/head_scanner.h"

namespace berth::net {
namespace {

constexpr std::size_t kRequestLineRest = 64;  // method, version, spaces

std::unexpected<Refusal> refuse(Fault fault, std::string message) {
  return std::unexpected(Refusal::of(fault, std::move(message)));
}

}  // namespace

// `length` is that of the request line so far, without its LF.
std::expected<void, Refusal> HeadScanner::check_target(std::size_t length) const {
  if (lines_ == 0 && length > std::min(limits_.target_bytes + kRequestLineRest, limits_.header_bytes))
    return refuse(Fault::kUriTooLong, fmt::format("a request target has at most {} bytes", limits_.target_bytes));
  return {};
}

std::expected<void, Refusal> HeadScanner::check_size(std::size_t have) const {
  if (have > limits_.header_bytes)
    return refuse(Fault::kHeadersTooLarge, fmt::format("a request head has at most {} bytes", limits_.header_bytes));
  return {};
}

// True at the empty line.
std::expected<bool, Refusal> HeadScanner::end_line(std::string_view bytes, std::size_t feed) {
  if (feed == line_ || bytes[feed - 1] != '\r') return refuse(Fault::kInvalid, "a line ends in LF without CR");
  const auto line = bytes.substr(line_, feed - 1 - line_);
  if (line.find('\r') != std::string_view::npos || line.find('\0') != std::string_view::npos)
    return refuse(Fault::kInvalid, "CR or NUL inside a line");
  if (line.empty()) return true;
  if (lines_ > 0 && (line.front() == ' ' || line.front() == '\t'))
    return refuse(Fault::kInvalid, "a header field is folded over several lines");
  if (auto fits = check_target(feed); !fits) return std::unexpected(std::move(fits.error()));
  if (++lines_ > limits_.header_fields + 1)
    return refuse(Fault::kHeadersTooLarge,
                  fmt::format("a request has at most {} header fields", limits_.header_fields));
  line_ = feed + 1;
  return false;
}

std::expected<std::size_t, Refusal> HeadScanner::scan(std::string_view bytes) {
  while (true) {
    const auto feed = bytes.find('\n', next_);
    if (feed == std::string_view::npos) break;
    const auto ended = end_line(bytes, feed);
    if (!ended) return std::unexpected(ended.error());
    next_ = feed + 1;
    if (!*ended) continue;
    if (auto fits = check_size(next_); !fits) return std::unexpected(std::move(fits.error()));
    return next_;
  }
  next_ = bytes.size();
  if (auto fits = check_target(next_); !fits) return std::unexpected(std::move(fits.error()));
  // One more byte cannot come into a full buffer, so "full" is too large already.
  if (auto fits = check_size(bytes.size() + 1); !fits) return std::unexpected(std::move(fits.error()));
  return 0;
}

}  // namespace berth::net
