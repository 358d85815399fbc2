#include "base/secret_box.h"

#include <openssl/evp.h>

#include <stdexcept>

#include "base/encoding.h"
#include "base/random.h"

namespace berth {
namespace {

constexpr std::size_t kKey = 32;
constexpr std::size_t kNonce = 12;
constexpr std::size_t kTag = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
Cipher new_cipher() {
  return {EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
int length(std::string_view text) {
  return static_cast<int>(text.size());
}

void must(int ok) {
  if (ok != 1) throw std::runtime_error("AES-256-GCM failed");
}

}  // namespace

SecretBox::SecretBox(std::string key) : key_(std::move(key)) {
  if (key_.size() != kKey) throw std::invalid_argument("the secrets key must have 32 bytes");
}

std::string SecretBox::seal(std::string_view plain, std::string_view context) const {
  const auto nonce = random_bytes(kNonce);
  const auto cipher = new_cipher();
  int written = 0;
  must(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key_), bytes(nonce)));
  must(EVP_EncryptUpdate(cipher.get(), nullptr, &written, bytes(context), length(context)));
  std::string out(plain.size(), '\0');
  must(EVP_EncryptUpdate(cipher.get(), bytes(out), &written, bytes(plain), length(plain)));
  must(EVP_EncryptFinal_ex(cipher.get(), nullptr, &written));
  std::string tag(kTag, '\0');
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTag, tag.data()));
  return to_base64(nonce + out + tag);
}

std::optional<std::string> SecretBox::open(std::string_view sealed, std::string_view context) const {
  const auto raw = from_base64(sealed);
  if (!raw || raw->size() < kNonce + kTag) return std::nullopt;
  const auto nonce = std::string_view(*raw).substr(0, kNonce);
  const auto body = std::string_view(*raw).substr(kNonce, raw->size() - kNonce - kTag);
  std::string tag = raw->substr(raw->size() - kTag);
  const auto cipher = new_cipher();
  int written = 0;
  must(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key_), bytes(nonce)));
  must(EVP_DecryptUpdate(cipher.get(), nullptr, &written, bytes(context), length(context)));
  std::string out(body.size(), '\0');
  must(EVP_DecryptUpdate(cipher.get(), bytes(out), &written, bytes(body), length(body)));
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()));
  if (EVP_DecryptFinal_ex(cipher.get(), nullptr, &written) != 1) return std::nullopt;
  return out;
}

}  // namespace berth
