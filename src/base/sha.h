#pragma once

#include <openssl/sha.h>

#include <string>
#include <string_view>
#include <variant>

#include "base/digest.h"

namespace berth {

/// A running SHA-256 or SHA-512 whose state can be put away and taken up again, so that an upload resumes after a
/// restart. OpenSSL's EVP contexts cannot be serialised; its SHA256_CTX and SHA512_CTX are plain structs and can.
///
/// One thread at a time. Copying a hasher copies the state.
class Hasher {
 public:
  explicit Hasher(DigestAlgorithm algorithm);

  void update(std::string_view bytes);
  /// The digest of all bytes so far. The hasher must not be updated afterwards.
  [[nodiscard]] Digest finish();

  [[nodiscard]] DigestAlgorithm algorithm() const;
  /// Bytes hashed so far.
  [[nodiscard]] std::uint64_t count() const { return count_; }

  /// Opaque text, good for this build's architecture; restore() gives kInvalid for anything else.
  [[nodiscard]] std::string save() const;
  static Result<Hasher> restore(std::string_view saved);

 private:
  std::variant<SHA256_CTX, SHA512_CTX> state_;
  std::uint64_t count_ = 0;
};

/// The hex SHA-256 of a machine secret, as the database keeps it.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace berth
