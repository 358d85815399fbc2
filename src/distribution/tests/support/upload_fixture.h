#pragma once

#include "distribution/tests/support/registry_fixture.h"

namespace berth::distribution::testing {

/// What the tests of uploads share: an editor who pushes, and whether a blob is there.
class UploadTest : public RegistryTest {
 protected:
  Client retailer = as(access::testing::as(editor));

  std::string closing(const std::string& location, const Digest& digest) const {
    return fmt::format("{}?digest={}", location, digest.text());
  }
  void expect_blob(const std::string& repository, const Digest& digest, const std::string& bytes) const {
    const auto answer = retailer.get(fmt::format("/v2/{}/blobs/{}", repository, digest.text()));
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.body, bytes);
  }
  void expect_no_blob(const std::string& repository, const Digest& digest) const {
    EXPECT_EQ(retailer.head(fmt::format("/v2/{}/blobs/{}", repository, digest.text())).status, 404);
  }
};

}  // namespace berth::distribution::testing
