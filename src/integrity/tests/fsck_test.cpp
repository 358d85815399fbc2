#include "integrity/fsck.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "distribution/tests/support/registry_fixture.h"

namespace berth::integrity {
namespace {

using distribution::testing::bytes_of;
using distribution::testing::Client;
using distribution::testing::descriptor;
using distribution::testing::kImageType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FsckTest : public distribution::testing::RegistryTest {
 protected:
  Client retailer() { return as(access::testing::as(editor)); }
  std::vector<Finding> check(const FsckOptions& options = {}) {
    return fsck({database(), store(), store_root()}, options, clock.now());
  }
  /// "counter: shop/web: …", repaired ones behind a "+".
  static std::vector<std::string> lines(const std::vector<Finding>& findings) {
    std::vector<std::string> lines;
    for (const auto& finding : findings)
      lines.push_back(fmt::format("{}{}: {}", finding.repaired ? "+" : "", name_of(finding.kind), finding.text));
    return lines;
  }
  void change(const std::string& sql) {
    static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
      tx.execute(sql);
      return {};
    }));
  }
};
INSTANTIATE_TEST_SUITE_P(, FsckTest, db::testing::both(), db::testing::name);

TEST_P(FsckTest, a_registry_after_pushes_moves_mounts_and_deletes_is_clean) {
  const auto client = retailer();
  client.push_image("shop/web", "1", "layer one");
  client.push_image("shop/web", "1", "layer two");
  client.push_image("shop/api", "1", "layer one");
  const auto shared = client.push_blob("shop/api", "shared");
  client.post(fmt::format("/v2/base/web/blobs/uploads/?mount={}&from=shop/api", shared.text()));
  as(access::testing::as(admin)).remove("/v2/shop/web/manifests/1");
  as(access::testing::as(admin)).remove("/v2/shop/api/blobs/" + shared.text());
  ASSERT_EQ(client.patch(client.start_upload("shop/web"), "half of it").status, 202);
  EXPECT_EQ(lines(check({.repair = false, .read_data = true})), std::vector<std::string>());
}

TEST_P(FsckTest, a_blob_without_its_object) {
  const auto digest = retailer().push_blob("shop/web", "bytes");
  store().remove({digest, 1});
  EXPECT_THAT(lines(check()), ElementsAre(fmt::format("blob: {} (missing)", digest.text())));
}

TEST_P(FsckTest, a_changed_object_is_found_when_the_data_is_read) {
  const auto digest = retailer().push_blob("shop/web", "bytes");
  spoil(digest, "BYTES");
  EXPECT_TRUE(check().empty());
  EXPECT_THAT(lines(check({.repair = false, .read_data = true})),
              ElementsAre(fmt::format("blob: {} (content)", digest.text())));
}

TEST_P(FsckTest, repair_quarantines_a_damaged_blob_and_deletes_no_row) {
  const auto client = retailer();
  const auto digest = client.push_blob("shop/web", "bytes");
  spoil(digest, "torn");
  EXPECT_THAT(lines(check({.repair = true})), ElementsAre(HasSubstr("quarantined")));
  EXPECT_EQ(client.head("/v2/shop/web/blobs/" + digest.text()).status, 404);
  EXPECT_EQ(number("SELECT COUNT(*) FROM repository_blobs"), 1);
  client.push_blob("shop/web", "bytes");
  EXPECT_TRUE(check().empty());
}

TEST_P(FsckTest, an_object_without_a_row_is_removed_by_repair_alone) {
  const auto client = retailer();
  client.push_blob("shop/web", "kept");
  auto session = store().begin("0f8fad5b-d9cb-469f-a165-70867728950e").value();
  ASSERT_TRUE(session->append("orphan"));
  ASSERT_TRUE(session->commit({Digest::of("orphan"), 1}));
  const auto line =
      fmt::format("orphan: the object {} generation 1 (6 bytes) belongs to no blob", Digest::of("orphan").text());
  EXPECT_THAT(lines(check()), ElementsAre(line));
  EXPECT_EQ(stored_objects(), 2U);
  EXPECT_THAT(lines(check({.repair = true})), ElementsAre("+" + line));
  EXPECT_EQ(stored_objects(), 1U);
  EXPECT_TRUE(check().empty());
}

TEST_P(FsckTest, an_older_generation_is_an_orphan_too) {
  const auto client = retailer();
  const auto digest = client.push_blob("shop/web", "bytes");
  std::filesystem::copy_file(object_file(digest, 1), object_file(digest, 7));
  EXPECT_THAT(lines(check()), ElementsAre(HasSubstr("generation 7")));
}

TEST_P(FsckTest, bytes_of_an_upload_that_is_not_there_any_more) {
  auto session = store().begin("0f8fad5b-d9cb-469f-a165-70867728950e").value();
  ASSERT_TRUE(session->append("lost"));
  ASSERT_TRUE(session->suspend());
  session.reset();
  EXPECT_THAT(lines(check()), ElementsAre(HasSubstr("orphan: the bytes of upload 0f8fad5b")));
  check({.repair = true});
  EXPECT_EQ(open_uploads(), 0U);
}

TEST_P(FsckTest, a_file_of_somebody_else_is_named_and_left) {
  const auto digest = retailer().push_blob("shop/web", "bytes");
  const auto path = std::filesystem::path(object_file(digest)).parent_path() / "notes.txt";
  std::ofstream(path) << "hello";
  EXPECT_THAT(lines(check({.repair = true})), ElementsAre(HasSubstr("notes.txt")));
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_P(FsckTest, wrong_counters_are_counted_again) {
  retailer().push_image("shop/web", "1", "a layer");
  change("UPDATE repositories SET manifest_count = 7, tag_count = 0, size_bytes = size_bytes + 5");
  EXPECT_THAT(lines(check()), ElementsAre("counter: shop/web: manifest_count is 7, counted 1",
                                          "counter: shop/web: tag_count is 0, counted 1", HasSubstr("size_bytes"),
                                          HasSubstr("logical_bytes")));
  check({.repair = true});
  EXPECT_TRUE(check().empty());
  EXPECT_EQ(number("SELECT SUM(logical_bytes) FROM space_counters"), number("SELECT size_bytes FROM repositories"));
}

TEST_P(FsckTest, a_manifest_that_is_not_its_digest) {
  const auto digest = retailer().push_image("shop/web", "1", "a layer");
  change("UPDATE manifests SET payload = payload || ' '");
  EXPECT_THAT(
      lines(check()),
      ElementsAre(fmt::format("manifest: shop/web@{}: its stored bytes are not those of the digest", digest.text())));
}

TEST_P(FsckTest, a_manifest_whose_blob_is_not_linked) {
  retailer().push_image("shop/web", "1", "a layer");
  change("DELETE FROM repository_blobs WHERE digest = '" + Digest::of("a layer").text() + "'");
  const auto found = lines(check());
  ASSERT_FALSE(found.empty());
  EXPECT_THAT(found.front(), HasSubstr("manifest: shop/web: a manifest refers to the blob"));
}

TEST_P(FsckTest, a_layer_that_clients_fetch_elsewhere_is_not_missing) {
  const auto client = retailer();
  const std::string config = "{}";
  client.push_blob("shop/web", config);
  const auto manifest =
      fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}]}})", kImageType,
                  descriptor("application/vnd.oci.image.config.v1+json", Digest::of(config), config.size()),
                  descriptor("application/vnd.oci.image.layer.v1.tar+gzip", Digest::of("far"), 3,
                             R"(,"urls":["https://store.example.com/far"])"));
  ASSERT_EQ(client.push_manifest("shop/web", "1", manifest).status, 201);
  EXPECT_EQ(lines(check()), std::vector<std::string>());
}

TEST_P(FsckTest, a_tag_that_names_another_manifest_than_it_points_to) {
  retailer().push_image("shop/web", "1", "a layer");
  change("UPDATE tags SET digest = '" + Digest::of("other").text() + "'");
  EXPECT_THAT(lines(check()), ElementsAre(HasSubstr("tag: shop/web:1 points")));
}

}  // namespace
}  // namespace berth::integrity
