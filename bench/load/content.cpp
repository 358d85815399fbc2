#include "content.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <random>
#include <stdexcept>

namespace berth::load {
namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }

  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

  std::string digest() {
    std::array<unsigned char, 32> sum;
    EVP_DigestFinal_ex(context_.get(), sum.data(), nullptr);
    std::string text = "sha256:";
    for (const auto byte : sum) text += fmt::format("{:02x}", byte);
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

std::string noise(std::uint64_t size) {
  std::mt19937_64 generator(20260101);
  std::string bytes;
  bytes.reserve(size + 8);
  while (bytes.size() < size) {
    const auto word = generator();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::string digest_of(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.digest();
}

BlobSeries::BlobSeries(std::uint64_t size) {
  if (size < kTail) throw std::invalid_argument(fmt::format("a blob of a series has at least {} bytes", kTail));
  shared_ = noise(size - kTail);
  std::random_device random;
  run_ = fmt::format("{:08x}{:08x}{:08x}", random(), random(), random());
}

BlobSeries::Blob BlobSeries::next() {
  auto tail = fmt::format("{:>{}}", fmt::format("{}-{:016x}", run_, ++number_), kTail);
  Sha256 hash;
  hash.add(shared_);
  hash.add(tail);
  return {shared_, std::move(tail), hash.digest()};
}

}  // namespace berth::load
