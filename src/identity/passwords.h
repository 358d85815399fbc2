#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/names.h"

namespace berth::identity {

/// A password as the database keeps it: argon2id in the PHC string format, parameters and salt included (RFC 9106).
struct PasswordHash {
  std::string phc;
};

/// What one hash costs. The default takes some 30 ms and 19 MiB: enough against a stolen database, little enough for a
/// server that shall idle in 30 MiB.
struct PasswordCost {
  std::uint32_t memory_kib = 19'456;
  std::uint32_t passes = 2;
};

/// Any thread. Throws std::runtime_error when there is no memory for a hash.
class PasswordHasher {
 public:
  explicit PasswordHasher(PasswordCost cost = {});

  [[nodiscard]] PasswordHash hash(std::string_view password) const;
  /// At the cost that stands in the hash.
  [[nodiscard]] bool matches(const PasswordHash& hash, std::string_view password) const;

  /// A hash of nothing that anybody knows: checked for logins that do not exist, so that they take as long as others.
  [[nodiscard]] const PasswordHash& nobody() const { return nobody_; }

 private:
  PasswordCost cost_;
  PasswordHash nobody_;
};

/// At least 10 characters, at most 1,024 bytes, and not the login. Length is what protects; rules about character
/// classes do not (NIST SP 800-63B, 5.1.1.2).
[[nodiscard]] Result<void> check_password_policy(std::string_view password, const LoginName& login);

/// 20 characters out of 57 that are hard to mistake for each other: 116 bits.
[[nodiscard]] std::string generate_password();

}  // namespace berth::identity
