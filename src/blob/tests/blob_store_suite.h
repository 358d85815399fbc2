#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "blob/blob_store.h"

namespace berth::blob::testing {

/// A place to run the suite against: one store, which can be closed and opened again on the same data.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual BlobStore& store() = 0;
  virtual void restart() = 0;
};

struct StoreFactory {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>()> make;
  friend void PrintTo(const StoreFactory& factory, std::ostream* out) { *out << factory.name; }
};

/// What every BlobStore does. Instantiate it with the factory of an implementation.
class BlobStoreSuite : public ::testing::TestWithParam<StoreFactory> {
 protected:
  BlobStore& store() { return under_test_->store(); }
  void restart() { under_test_->restart(); }

 private:
  std::unique_ptr<StoreUnderTest> under_test_ = GetParam().make();
};

/// An object's name as a push of `bytes` gives it.
ObjectName object_of(std::string_view bytes, DigestAlgorithm algorithm = DigestAlgorithm::kSha256,
                     std::int64_t generation = 1);
/// begin, append, commit under the digest of `bytes`.
Result<void> push(BlobStore& store, std::string_view bytes, std::int64_t generation = 1);
/// The bytes of the object; "(unknown)" when the store does not know it, "(unavailable)" when it fails.
std::string pull(BlobStore& store, const ObjectName& name);
std::string pull(BlobStore& store, const ObjectName& name, std::uint64_t offset, std::uint64_t length);
/// All parts of BlobStore::list(), one after the other.
BlobStore::Part list_all(BlobStore& store);
/// The fault's name, or "ok".
template <class T>
std::string outcome(const Result<T>& result) {
  return result ? "ok" : std::string(name_of(result.error().fault));
}

inline constexpr std::string_view kUpload = "0f8fad5b-d9cb-469f-a165-70867728950e";

}  // namespace berth::blob::testing
