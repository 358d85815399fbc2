#pragma once

#include <string>
#include <variant>

#include "http/message.h"

namespace berth::identity {

struct NoAuthorization {};
/// RFC 7617.
struct Basic {
  std::string login;
  std::string password;
};
/// RFC 6750, 2.1.
struct Bearer {
  std::string token;
};
using Authorization = std::variant<NoAuthorization, Basic, Bearer>;

/// The Authorization header. kUnauthenticated, saying what is wrong with it, for two of them, another scheme, broken
/// base64, a missing colon, control characters, or more bytes than any credential of ours has.
[[nodiscard]] Result<Authorization> parse_authorization(const http::Headers& headers);

/// The token of the one Authorization header, when that is a Bearer; a view into `headers`. What it does not take may
/// still be good for parse_authorization(), never the other way round.
[[nodiscard]] std::optional<std::string_view> bearer_token(const http::Headers& headers);

}  // namespace berth::identity
