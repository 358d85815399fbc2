#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth {

/// Encrypts secrets at rest: AES-256-GCM under one 32-byte key, a fresh nonce each, bound to a context string so that
/// a sealed value cannot be moved to another column or row. Any thread.
class SecretBox {
 public:
  /// `key` has 32 raw bytes; throws std::invalid_argument otherwise.
  explicit SecretBox(std::string key);

  /// base64 of nonce, ciphertext and tag.
  [[nodiscard]] std::string seal(std::string_view plain, std::string_view context) const;
  /// nullopt when the text was not sealed under this key and context.
  [[nodiscard]] std::optional<std::string> open(std::string_view sealed, std::string_view context) const;

 private:
  std::string key_;
};

}  // namespace berth
