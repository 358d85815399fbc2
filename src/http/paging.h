#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace berth::http {

/// What a list request asks for (design.md 6: keyset pagination). Nothing is ever allocated from `limit` alone.
struct Page {
  static constexpr std::size_t kDefaultLimit = 50;
  static constexpr std::size_t kMaxLimit = 1000;

  std::size_t limit = kDefaultLimit;
  /// What the handler gave to set_next_page() for the page before: a key, to go on behind. The client may have changed
  /// it, so it is parsed like any other input.
  std::optional<std::string> after;

  /// From `limit` (clamped to 1..kMaxLimit) and `cursor`; kInvalid when one is not readable.
  static Result<Page> parse(const Query& query);
};

/// Adds Link: <path?query&cursor=…>; rel="next" (RFC 8288) with the request's other parameters kept. Only when there is
/// a next page.
void set_next_page(Response& response, const Request& request, std::string_view after);

}  // namespace berth::http
