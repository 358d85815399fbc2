#pragma once

#include <string>

namespace berth {

/// `bytes` raw bytes from the operating system's generator. Throws when it fails: the world is broken then.
[[nodiscard]] std::string random_bytes(std::size_t bytes);
/// `bytes` random bytes as lower-case hex.
[[nodiscard]] std::string random_hex(std::size_t bytes);
/// A secret for machines: `prefix` and 160 random bits in base62-safe hex. Kept as SHA-256 only (design, security rule
/// 9).
[[nodiscard]] std::string random_secret(std::string_view prefix);
/// RFC 9562 version 4.
[[nodiscard]] std::string random_uuid();

}  // namespace berth
