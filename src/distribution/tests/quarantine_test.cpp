#include "distribution/quarantine.h"

#include <gtest/gtest.h>

#include "distribution/tests/support/registry_fixture.h"

// design.md 8, promise 2: a digest never names other bytes; and a push repairs what was lost.
namespace berth::distribution::testing {
namespace {

class QuarantineTest : public RegistryTest {
 protected:
  Client retailer() { return as(access::testing::as(editor)); }
  static std::string path_of(const Digest& digest, std::string_view repository = "shop/web") {
    return fmt::format("/v2/{}/blobs/{}", repository, digest.text());
  }
  bool quarantine(const Digest& digest, std::int64_t generation = 1) {
    return distribution::quarantine(database(), registry().changes(), {digest, generation}, Damage::kContent,
                                    clock.now());
  }
  const std::string bytes_ = bytes_of(500);
};
INSTANTIATE_TEST_SUITE_P(, QuarantineTest, db::testing::both(), db::testing::name);

TEST_P(QuarantineTest, a_quarantined_blob_is_not_found) {
  const auto client = retailer();
  const auto digest = client.push_blob("shop/web", bytes_);
  EXPECT_TRUE(quarantine(digest));
  EXPECT_EQ(client.head(path_of(digest)).status, 404);
  const auto get = client.get(path_of(digest));
  EXPECT_EQ(get.status, 404);
  EXPECT_EQ(get.codes(), std::vector<std::string>{"BLOB_UNKNOWN"});
}

TEST_P(QuarantineTest, the_next_push_brings_it_back_in_every_repository) {
  const auto client = retailer();
  const auto digest = client.push_blob("shop/web", bytes_);
  client.push_blob("shop/api", bytes_);
  const auto used = number("SELECT SUM(logical_bytes + physical_bytes) FROM space_counters");
  spoil(digest, bytes_of(500, 'A'));
  quarantine(digest);
  client.push_blob("shop/web", bytes_);
  EXPECT_EQ(client.get(path_of(digest)).body, bytes_);
  EXPECT_EQ(client.get(path_of(digest, "shop/api")).body, bytes_);
  EXPECT_EQ(number("SELECT generation FROM blobs"), 2);
  EXPECT_EQ(stored_objects(), 1U) << "the damaged object is gone";
  EXPECT_EQ(number("SELECT SUM(logical_bytes + physical_bytes) FROM space_counters"), used)
      << "nothing was counted twice";
}

TEST_P(QuarantineTest, the_next_push_may_go_to_another_repository) {
  const auto client = retailer();
  const auto digest = client.push_blob("shop/web", bytes_);
  quarantine(digest);
  client.push_blob("base/web", bytes_);
  EXPECT_EQ(client.get(path_of(digest)).body, bytes_);
}

TEST_P(QuarantineTest, it_is_not_mounted_but_uploaded) {
  const auto client = retailer();
  const auto digest = client.push_blob("shop/web", bytes_);
  quarantine(digest);
  const auto answer = client.post(fmt::format("/v2/shop/api/blobs/uploads/?mount={}&from=shop/web", digest.text()));
  EXPECT_EQ(answer.status, 202);
}

TEST_P(QuarantineTest, a_manifest_that_needs_it_is_refused) {
  const auto client = retailer();
  const auto config = client.push_blob("shop/web", "{}");
  client.push_blob("shop/web", bytes_);
  quarantine(config);
  const auto answer = client.push_manifest("shop/web", "1", image({.config = "{}", .layers = {bytes_}, .more = {}}));
  EXPECT_EQ(answer.codes(), std::vector<std::string>{"MANIFEST_BLOB_UNKNOWN"});
  EXPECT_EQ(answer.details(), std::vector<std::string>{config.text()});
}

TEST_P(QuarantineTest, an_object_that_is_torn_is_found_by_the_read) {
  const auto client = retailer();
  const auto digest = client.push_blob("shop/web", bytes_);
  restart();
  const auto after = retailer();
  spoil(digest, bytes_.substr(0, 100));
  EXPECT_EQ(after.head(path_of(digest)).status, 200) << "nobody has looked yet";
  EXPECT_EQ(after.get(path_of(digest)).status, 503);
  EXPECT_EQ(after.head(path_of(digest)).status, 404);
  after.push_blob("shop/web", bytes_);
  EXPECT_EQ(after.get(path_of(digest)).body, bytes_);
}

TEST_P(QuarantineTest, a_store_that_fails_as_a_whole_quarantines_nothing) {
  auto& disk = restart_on_faulty_disk();
  const auto client = retailer();
  const auto digest = client.push_blob("shop/web", bytes_);
  disk.fail_from(0, EIO);
  EXPECT_EQ(client.get(path_of(digest)).status, 503);
  disk.heal();
  EXPECT_EQ(client.get(path_of(digest)).body, bytes_);
}

TEST_P(QuarantineTest, another_generation_is_none_of_its_business) {
  const auto client = retailer();
  const auto digest = client.push_blob("shop/web", bytes_);
  EXPECT_FALSE(quarantine(digest, 2));
  EXPECT_EQ(client.head(path_of(digest)).status, 200);
}

TEST_P(QuarantineTest, it_is_told_once_and_lifted_when_the_bytes_are_right_after_all) {
  const auto client = retailer();
  const auto digest = client.push_blob("shop/web", bytes_);
  EXPECT_TRUE(quarantine(digest));
  EXPECT_FALSE(quarantine(digest));
  EXPECT_EQ(texts("SELECT subject FROM events WHERE type = 'dev.berth.blob.damaged'"),
            std::vector<std::string>{digest.text()});
  EXPECT_TRUE(lift_quarantine(database(), {digest, 1}));
  EXPECT_FALSE(lift_quarantine(database(), {digest, 1}));
  EXPECT_EQ(client.get(path_of(digest)).body, bytes_);
}

}  // namespace
}  // namespace berth::distribution::testing
