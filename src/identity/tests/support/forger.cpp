#include "identity/tests/support/forger.h"

#include <cjose/cjose.h>
#include <openssl/hmac.h>

#include "base/encoding.h"
#include "base/json.h"

namespace berth::identity::testing {
namespace {

struct Free {
  void operator()(cjose_header_t* header) const { cjose_header_release(header); }
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
  void operator()(cjose_jwk_t* jwk) const { cjose_jwk_release(jwk); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string first_two(std::string_view header, std::string_view payload) {
  return to_base64url(header) + "." + to_base64url(payload);
}

}  // namespace

std::string signed_es256(std::string_view header, std::string_view payload, std::string_view private_jwk) {
  cjose_err error{};
  const Owned<cjose_jwk_t> key(cjose_jwk_import(private_jwk.data(), private_jwk.size(), &error));
  const Owned<cjose_header_t> fields(cjose_header_new(&error));
  const auto document = parse_json(header).value();
  for (const auto& field : document.as_object()) {
    const std::string name(field.key());
    const auto* text = field.value().if_string();
    if (text)
      cjose_header_set(fields.get(), name.c_str(), text->c_str(), &error);
    else  // takes objects and lists alone
      cjose_header_set_raw(fields.get(), name.c_str(), json::serialize(field.value()).c_str(), &error);
  }
  const Owned<cjose_jws_t> jws(cjose_jws_sign(
      key.get(), fields.get(), reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size(), &error));
  const char* text = nullptr;
  if (!jws || !cjose_jws_export(jws.get(), &text, &error)) throw std::runtime_error(error.message);
  return text;
}

std::string signed_hs256(std::string_view header, std::string_view payload, std::string_view key) {
  const auto signed_text = first_two(header, payload);
  std::string mac(32, '\0');
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &length);
  return signed_text + "." + to_base64url(mac);
}

std::string unsigned_token(std::string_view header, std::string_view payload) {
  return first_two(header, payload) + ".";
}

std::string public_jwk(std::string_view private_jwk) {
  auto document = parse_json(private_jwk).value();
  document.as_object().erase("d");
  return json::serialize(document);
}

}  // namespace berth::identity::testing
