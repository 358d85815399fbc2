#include "identity/es256_key.h"

#include <cjose/cjose.h>

#include <cstdlib>
#include <stdexcept>

#include "base/random.h"

namespace berth::identity {
namespace {

constexpr std::size_t kKidBytes = 16;

struct Free {
  void operator()(cjose_header_t* header) const { cjose_header_release(header); }
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
  void operator()(char* text) const { std::free(text); }  // NOLINT: cjose allocates with malloc
};

[[noreturn]] void broken(const char* what, const cjose_err& error) {
  throw std::runtime_error(fmt::format("{}: {}", what, error.message ? error.message : "unknown error"));
}

cjose_jwk_t* key_of(void* jwk) {
  return static_cast<cjose_jwk_t*>(jwk);
}

}  // namespace

void Es256Key::Release::operator()(void* jwk) const {
  cjose_jwk_release(key_of(jwk));
}

Es256Key Es256Key::generate() {
  cjose_err error{};
  auto* jwk = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error);
  if (!jwk) broken("cannot make a signing key", error);
  Es256Key key(jwk, random_hex(kKidBytes));
  if (!cjose_jwk_set_kid(jwk, key.kid_.data(), key.kid_.size(), &error)) broken("cannot name a signing key", error);
  return key;
}

std::optional<Es256Key> Es256Key::from_private_jwk(std::string_view text) {
  cjose_err error{};
  auto* jwk = cjose_jwk_import(text.data(), text.size(), &error);
  if (!jwk) return std::nullopt;
  const char* kid = cjose_jwk_get_kid(jwk, &error);
  Es256Key key(jwk, kid ? kid : "");
  const bool good = !key.kid_.empty() && cjose_jwk_get_kty(jwk, &error) == CJOSE_JWK_KTY_EC &&
                    cjose_jwk_EC_get_curve(jwk, &error) == CJOSE_JWK_EC_P_256;
  return good ? std::optional(std::move(key)) : std::nullopt;
}

std::string Es256Key::private_jwk() const {
  cjose_err error{};
  const std::unique_ptr<char, Free> text(cjose_jwk_to_json(key_of(jwk_.get()), true, &error));
  if (!text) broken("cannot write a signing key", error);
  return text.get();
}

std::string Es256Key::sign(std::string_view payload) const {
  cjose_err error{};
  const std::unique_ptr<cjose_header_t, Free> header(cjose_header_new(&error));
  const bool set = header && cjose_header_set(header.get(), CJOSE_HDR_ALG, CJOSE_HDR_ALG_ES256, &error) &&
                   cjose_header_set(header.get(), CJOSE_HDR_KID, kid_.c_str(), &error) &&
                   cjose_header_set(header.get(), "typ", "JWT", &error);
  if (!set) broken("cannot make a token's header", error);
  const std::unique_ptr<cjose_jws_t, Free> jws(cjose_jws_sign(
      key_of(jwk_.get()), header.get(), reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size(), &error));
  const char* compact = nullptr;
  if (!jws || !cjose_jws_export(jws.get(), &compact, &error)) broken("cannot sign a token", error);
  return compact;
}

std::optional<std::string> Es256Key::verify(std::string_view token) const {
  cjose_err error{};
  const std::unique_ptr<cjose_jws_t, Free> jws(cjose_jws_import(token.data(), token.size(), &error));
  if (!jws) return std::nullopt;
  const char* algorithm = cjose_header_get(cjose_jws_get_protected(jws.get()), CJOSE_HDR_ALG, &error);
  if (!algorithm || std::string_view(algorithm) != CJOSE_HDR_ALG_ES256) return std::nullopt;
  if (!cjose_jws_verify(jws.get(), key_of(jwk_.get()), &error)) return std::nullopt;
  std::uint8_t* payload = nullptr;
  std::size_t length = 0;
  if (!cjose_jws_get_plaintext(jws.get(), &payload, &length, &error)) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(payload), length);
}

}  // namespace berth::identity
