#pragma once

#include <string>
#include <string_view>

namespace berth::identity::testing {

/// Tokens as an attacker makes them: any header over any payload. `header` is a JSON object.
[[nodiscard]] std::string signed_es256(std::string_view header, std::string_view payload, std::string_view private_jwk);
/// HMAC-SHA256 with `key`, as somebody does who takes a public key for a shared one.
[[nodiscard]] std::string signed_hs256(std::string_view header, std::string_view payload, std::string_view key);
[[nodiscard]] std::string unsigned_token(std::string_view header, std::string_view payload);

/// The public half of a JWK.
[[nodiscard]] std::string public_jwk(std::string_view private_jwk);

}  // namespace berth::identity::testing
