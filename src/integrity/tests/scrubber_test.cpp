#include "integrity/scrubber.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "distribution/tests/support/registry_fixture.h"
#include "integrity/damage_report.h"

namespace berth::integrity {
namespace {

using distribution::testing::bytes_of;
using distribution::testing::Client;

class ScrubberTest : public distribution::testing::RegistryTest {
 protected:
  Client retailer() { return as(access::testing::as(editor)); }
  std::unique_ptr<Scrubber> scrubber(blob::BlobStore& of) {
    return std::make_unique<Scrubber>(database(), of, registry().changes(), clock, metrics_);
  }
  std::unique_ptr<Scrubber> scrubber() { return scrubber(store()); }
  static ScrubStatus run(Scrubber& scrubber) {
    EXPECT_TRUE(scrubber.start(0));
    while (scrubber.step()) {
    }
    return scrubber.status();
  }
  std::vector<DamagedBlob> damaged() {
    return database().read([](db::Connection& tx) { return read_damaged(tx, 0, 100); });
  }

  prometheus::Registry metrics_;
};
INSTANTIATE_TEST_SUITE_P(, ScrubberTest, db::testing::both(), db::testing::name);

TEST_P(ScrubberTest, finds_nothing_where_nothing_is_wrong) {
  retailer().push_image("shop/web", "1", bytes_of(2 << 20));
  const auto status = run(*scrubber());
  EXPECT_EQ(status.state, "finished");
  EXPECT_EQ(status.objects, 2);
  EXPECT_EQ(status.bytes, number("SELECT SUM(size) FROM blobs"));
  EXPECT_EQ(status.damaged, 0);
  EXPECT_TRUE(damaged().empty());
}

TEST_P(ScrubberTest, quarantines_what_has_changed_by_a_bit_and_names_what_it_is_part_of) {
  const auto client = retailer();
  const auto layer = bytes_of(3 << 20);
  client.push_image("shop/web", "1.2", layer);
  auto rotten = layer;
  rotten[2 << 20] ^= 4;
  spoil(Digest::of(layer), rotten);
  const auto status = run(*scrubber());
  EXPECT_EQ(status.damaged, 1);
  EXPECT_EQ(status.quarantined, 1);
  const auto found = damaged();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].digest, Digest::of(layer).text());
  EXPECT_EQ(found[0].damage, "content");
  ASSERT_EQ(found[0].repositories.size(), 1U);
  EXPECT_EQ(found[0].repositories[0].repository, "shop/web");
  EXPECT_EQ(found[0].repositories[0].tags, std::vector<std::string>{"1.2"});
  EXPECT_EQ(client.head("/v2/shop/web/blobs/" + Digest::of(layer).text()).status, 404);
}

TEST_P(ScrubberTest, names_the_tags_of_an_index_above_the_image) {
  const auto client = retailer();
  const std::string layer = "a layer";
  const auto manifest = client.push_image("shop/web", "amd64", layer);
  const auto size = static_cast<std::size_t>(number("SELECT size FROM manifests"));
  const auto index = distribution::testing::index_of(
      {distribution::testing::descriptor(distribution::testing::kImageType, manifest, size)});
  ASSERT_EQ(client.push_manifest("shop/web", "all", index, distribution::testing::kIndexType).status, 201);
  spoil(Digest::of(layer), "A LAYER");
  run(*scrubber());
  EXPECT_EQ(damaged().at(0).repositories.at(0).tags, (std::vector<std::string>{"all", "amd64"}));
}

TEST_P(ScrubberTest, finds_what_is_missing_and_what_is_torn) {
  const auto client = retailer();
  const auto gone = client.push_blob("shop/web", "gone");
  const auto torn = client.push_blob("shop/web", "torn");
  std::filesystem::remove(object_file(gone));
  spoil(torn, "to");
  EXPECT_EQ(run(*scrubber()).damaged, 2);
  EXPECT_EQ(texts("SELECT damage FROM blobs ORDER BY id"), (std::vector<std::string>{"missing", "size"}));
}

TEST_P(ScrubberTest, gives_back_what_is_whole_again) {
  const auto client = retailer();
  const auto digest = client.push_blob("shop/web", "bytes");
  spoil(digest, "BYTES");
  run(*scrubber());
  spoil(digest, "bytes");
  const auto status = run(*scrubber());
  EXPECT_EQ(status.restored, 1);
  EXPECT_EQ(status.quarantined, 0);
  EXPECT_EQ(client.get("/v2/shop/web/blobs/" + digest.text()).body, "bytes");
}

TEST_P(ScrubberTest, goes_on_after_a_stop_where_it_was) {
  const auto client = retailer();
  for (int n = 0; n < 150; ++n) client.push_blob("shop/web", fmt::format("blob {}", n));
  const auto first = scrubber();
  ASSERT_TRUE(first->start(0));
  ASSERT_TRUE(first->step());
  const auto stopped = first->stop();
  EXPECT_EQ(stopped.state, "stopped");
  EXPECT_EQ(stopped.objects, 100);
  EXPECT_FALSE(first->step()) << "a stopped pass does nothing";
  const auto second = scrubber();  // another process
  EXPECT_EQ(run(*second).objects, 150);
}

TEST_P(ScrubberTest, a_restart_goes_on_by_itself) {
  retailer().push_blob("shop/web", "bytes");
  ASSERT_TRUE(scrubber()->start(0));
  const auto after_restart = scrubber();
  while (after_restart->step()) {
  }
  EXPECT_EQ(after_restart->status().state, "finished");
}

TEST_P(ScrubberTest, one_pass_at_a_time) {
  const auto one = scrubber();
  ASSERT_TRUE(one->start(0));
  EXPECT_EQ(one->start(0).error().fault, Fault::kConflict);
}

TEST_P(ScrubberTest, a_disk_that_fails_as_a_whole_is_not_a_thousand_damaged_blobs) {
  auto& disk = restart_on_faulty_disk();
  retailer().push_blob("shop/web", "bytes");
  const auto one = scrubber();
  ASSERT_TRUE(one->start(0));
  disk.fail_from(0, EIO);
  EXPECT_THROW(one->step(), std::system_error);
  disk.heal();
  while (one->step()) {
  }
  EXPECT_EQ(one->status().damaged, 0);
  EXPECT_EQ(one->status().objects, 1);
}

TEST_P(ScrubberTest, works_in_the_background_until_it_is_destroyed) {
  const auto client = retailer();
  const auto digest = client.push_blob("shop/web", "bytes");
  spoil(digest, "BYTES");
  const auto one = scrubber();
  one->run_in_background();
  ASSERT_TRUE(one->start(0));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (one->status().state != "finished") {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
  EXPECT_EQ(one->status().quarantined, 1);
}

// A limit of one byte a second: whoever waited for it would wait for a week.
TEST_P(ScrubberTest, a_limit_holds_it_back_and_a_stop_ends_the_waiting) {
  retailer().push_blob("shop/web", bytes_of(1 << 20));
  const auto one = scrubber();
  one->run_in_background();
  ASSERT_TRUE(one->start(1));
  EXPECT_EQ(one->stop().state, "stopped");
  EXPECT_EQ(one->status().objects, 0);
}

}  // namespace
}  // namespace berth::integrity
