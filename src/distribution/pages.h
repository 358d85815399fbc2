#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace berth::distribution {

/// ?n= and ?last= of a list (OCI distribution-spec, "Listing tags"). `last` is only a lower bound: it need not exist.
struct Page {
  std::size_t limit = 0;
  std::string last;
};
inline constexpr std::size_t kMaxPage = 1000;

/// A larger n is cut to kMaxPage, so that nothing is ever sized by what a client says (CVE-2023-2253); none means
/// kMaxPage. kInvalid for anything but a number.
[[nodiscard]] Result<Page> parse_page(const http::Query& query);

/// Link: <path?…&n=…&last=…>; rel="next" (RFC 8288), with the other parameters of the request kept.
void link_next_page(http::Response& response, std::string_view path, const http::Query& query, std::size_t limit,
                    std::string_view last);

}  // namespace berth::distribution
