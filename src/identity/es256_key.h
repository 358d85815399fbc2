#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace berth::identity {

/// A P-256 key pair with its id, which signs and verifies compact JWS with ES256 and nothing else (RFC 7515, RFC 7518).
/// Immutable; any thread. Throws std::runtime_error when the library underneath fails to make or use a key.
class Es256Key {
 public:
  /// A new key with a random id.
  static Es256Key generate();
  /// nullopt for anything but a private P-256 JWK with an id.
  static std::optional<Es256Key> from_private_jwk(std::string_view jwk);

  [[nodiscard]] const std::string& kid() const { return kid_; }
  [[nodiscard]] std::string private_jwk() const;

  /// header.payload.signature; the header is {"alg":"ES256","kid":…,"typ":"JWT"}.
  [[nodiscard]] std::string sign(std::string_view payload) const;
  /// The payload, if this key signed the token. Says nothing about the header beyond its `alg`.
  [[nodiscard]] std::optional<std::string> verify(std::string_view token) const;

 private:
  struct Release {
    void operator()(void* jwk) const;
  };
  Es256Key(void* jwk, std::string kid) : jwk_(jwk), kid_(std::move(kid)) {}

  std::unique_ptr<void, Release> jwk_;  // cjose_jwk_t
  std::string kid_;
};

}  // namespace berth::identity
