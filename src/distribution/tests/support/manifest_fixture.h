#pragma once

#include "distribution/tests/support/registry_fixture.h"

namespace berth::distribution::testing {

/// What the tests of manifests share: an editor who pushes to shop/web, an administrator who deletes, and an image.
class ManifestTest : public RegistryTest {
 protected:
  Client retailer = as(access::testing::as(editor));
  Client keeper = as(access::testing::as(admin));
  const std::string config = R"({"os":"linux"})";
  const std::string layer = bytes_of(100);

  /// Its blobs are pushed; the manifest is for the test to push.
  std::string pushed_image(const std::string& more = "") {
    retailer.push_blob("shop/web", config);
    retailer.push_blob("shop/web", layer);
    return image({.config = config, .layers = {layer}, .more = more});
  }
  static std::string at(std::string_view reference) { return fmt::format("/v2/shop/web/manifests/{}", reference); }
  Answer push(const std::string& reference, const std::string& bytes, std::string_view type = kImageType,
              Fields fields = {}) {
    return retailer.push_manifest("shop/web", reference, bytes, type, std::move(fields));
  }
};

}  // namespace berth::distribution::testing
