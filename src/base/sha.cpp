// The low-level SHA functions are deprecated in OpenSSL 3 in favour of EVP, whose state cannot be serialised.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/sha.h"

#include <cstring>

#include "base/encoding.h"

namespace berth {
namespace {

// "1:" names the layout; it changes when the struct or its meaning does.
constexpr std::string_view kLayout = "1:";

template <class Context>
std::string raw_of(const Context& context) {
  return {reinterpret_cast<const char*>(&context), sizeof(Context)};
}

template <class Context>
bool take(Context& context, std::string_view raw) {
  if (raw.size() != sizeof(Context)) return false;
  std::memcpy(&context, raw.data(), sizeof(Context));
  return true;
}

// OpenSSL keeps the tail's length in `num` and trusts it: a damaged state must not make it read out of bounds.
bool sound(const SHA256_CTX& context) {
  return context.num < SHA256_CBLOCK && context.md_len == SHA256_DIGEST_LENGTH;
}
bool sound(const SHA512_CTX& context) {
  return context.num < SHA512_CBLOCK && context.md_len == SHA512_DIGEST_LENGTH;
}

std::uint64_t bytes_of(const SHA256_CTX& context) {
  return ((static_cast<std::uint64_t>(context.Nh) << 32) | context.Nl) / 8;
}
std::uint64_t bytes_of(const SHA512_CTX& context) {
  return context.Nl / 8;
}

}  // namespace

Hasher::Hasher(DigestAlgorithm algorithm) {
  if (algorithm == DigestAlgorithm::kSha256) {
    SHA256_Init(&state_.emplace<SHA256_CTX>());
  } else {
    SHA512_Init(&state_.emplace<SHA512_CTX>());
  }
}

void Hasher::update(std::string_view bytes) {
  if (auto* sha256 = std::get_if<SHA256_CTX>(&state_))
    SHA256_Update(sha256, bytes.data(), bytes.size());
  else
    SHA512_Update(&std::get<SHA512_CTX>(state_), bytes.data(), bytes.size());
  count_ += bytes.size();
}

Digest Hasher::finish() {
  std::array<unsigned char, SHA512_DIGEST_LENGTH> out{};
  std::size_t length = SHA512_DIGEST_LENGTH;
  if (auto* sha256 = std::get_if<SHA256_CTX>(&state_)) {
    SHA256_Final(out.data(), sha256);
    length = SHA256_DIGEST_LENGTH;
  } else {
    SHA512_Final(out.data(), &std::get<SHA512_CTX>(state_));
  }
  return Digest::from_raw(algorithm(), {reinterpret_cast<const char*>(out.data()), length});
}

DigestAlgorithm Hasher::algorithm() const {
  return std::holds_alternative<SHA256_CTX>(state_) ? DigestAlgorithm::kSha256 : DigestAlgorithm::kSha512;
}

std::string Hasher::save() const {
  const auto raw = std::visit([](const auto& context) { return raw_of(context); }, state_);
  return fmt::format("{}{}:{}", kLayout, name_of(algorithm()), to_base64(raw));
}

Result<Hasher> Hasher::restore(std::string_view saved) {
  const auto bad = fail(Fault::kInvalid, "not a saved hash state");
  if (!saved.starts_with(kLayout) || saved.size() < kLayout.size() + 7) return bad;
  saved.remove_prefix(kLayout.size());
  const auto algorithm = parse_digest_algorithm(saved.substr(0, 6));
  const auto raw = from_base64(saved.substr(7));
  if (!algorithm || !raw) return bad;
  Hasher hasher(*algorithm);
  const bool ok = std::visit(
      [&](auto& context) {
        if (!take(context, *raw) || !sound(context)) return false;
        hasher.count_ = bytes_of(context);
        return true;
      },
      hasher.state_);
  if (!ok) return bad;
  return hasher;
}

std::string sha256_hex(std::string_view bytes) {
  return std::string(Digest::of(bytes).hex());
}

}  // namespace berth
