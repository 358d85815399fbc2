#include "base/secret_box.h"

#include "base/random.h"

namespace berth {
namespace {

TEST(SecretBox, OpensOnlyUnderItsKeyAndContext) {
  const SecretBox box(random_bytes(32));
  const auto sealed = box.seal("s3cret", "signing_keys/1");
  EXPECT_EQ(box.open(sealed, "signing_keys/1"), "s3cret");
  EXPECT_EQ(box.open(sealed, "signing_keys/2"), std::nullopt);
  EXPECT_EQ(SecretBox(random_bytes(32)).open(sealed, "signing_keys/1"), std::nullopt);
  EXPECT_NE(box.seal("s3cret", "signing_keys/1"), sealed) << "a nonce is never used twice";
}

TEST(SecretBox, RefusesDamagedText) {
  const SecretBox box(random_bytes(32));
  auto sealed = box.seal("s3cret", "x");
  sealed[sealed.size() / 2] = sealed[sealed.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_EQ(box.open(sealed, "x"), std::nullopt);
  EXPECT_EQ(box.open("", "x"), std::nullopt);
}

}  // namespace
}  // namespace berth
