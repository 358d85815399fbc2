#include "identity/passwords.h"

#include <argon2.h>

#include <stdexcept>

#include "base/encoding.h"
#include "base/random.h"

namespace berth::identity {
namespace {

constexpr std::size_t kMinCharacters = 10;
constexpr std::size_t kMaxBytes = 1024;
constexpr std::size_t kSalt = 16;
constexpr std::size_t kHash = 32;
constexpr std::uint32_t kLanes = 1;

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

PasswordHasher::PasswordHasher(PasswordCost cost) : cost_(cost), nobody_(hash(random_bytes(kHash))) {}

PasswordHash PasswordHasher::hash(std::string_view password) const {
  const auto salt = random_bytes(kSalt);
  std::string phc(argon2_encodedlen(cost_.passes, cost_.memory_kib, kLanes, kSalt, kHash, Argon2_id), '\0');
  const int code = argon2id_hash_encoded(cost_.passes, cost_.memory_kib, kLanes, password.data(), password.size(),
                                         salt.data(), salt.size(), kHash, phc.data(), phc.size());
  if (code != ARGON2_OK) throw std::runtime_error(fmt::format("argon2id failed: {}", argon2_error_message(code)));
  phc.resize(phc.find('\0'));
  return {std::move(phc)};
}

bool PasswordHasher::matches(const PasswordHash& hash, std::string_view password) const {
  if (password.size() > kMaxBytes) return false;
  const int code = argon2id_verify(hash.phc.c_str(), password.data(), password.size());
  if (code == ARGON2_MEMORY_ALLOCATION_ERROR) throw std::runtime_error("no memory for argon2id");
  return code == ARGON2_OK;
}

Result<void> check_password_policy(std::string_view password, const LoginName& login) {
  if (characters(password) < kMinCharacters || password.size() > kMaxBytes)
    return fail(Fault::kInvalid,
                fmt::format("a password has at least {} characters and at most {} bytes", kMinCharacters, kMaxBytes));
  if (equal_ignoring_case(password, login.text())) return fail(Fault::kInvalid, "a password is not the login");
  return {};
}

std::string generate_password() {
  constexpr std::string_view kAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
  constexpr std::size_t kLength = 20;
  // Bytes from 228 on would make the first letters likelier.
  constexpr unsigned kFair = 256 / kAlphabet.size() * kAlphabet.size();
  std::string password;
  while (password.size() < kLength)
    for (const char c : random_bytes(kLength))
      if (const auto byte = static_cast<unsigned char>(c); byte < kFair && password.size() < kLength)
        password += kAlphabet[byte % kAlphabet.size()];
  return password;
}

}  // namespace berth::identity
