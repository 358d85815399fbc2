#include <gtest/gtest.h>

#include "distribution/tests/support/registry_fixture.h"

// registry.md 1.3, "Reads", and 31, 32.
namespace berth::distribution::testing {
namespace {

class BlobsTest : public RegistryTest {
 protected:
  Client retailer = as(access::testing::as(editor));
  Client keeper = as(access::testing::as(admin));
  const std::string bytes = bytes_of(2048);
  const Digest digest = retailer.push_blob("shop/web", bytes);
  const std::string path = "/v2/shop/web/blobs/" + digest.text();
};
INSTANTIATE_TEST_SUITE_P(, BlobsTest, db::testing::both(), db::testing::name);

TEST_P(BlobsTest, get_and_head_say_the_same) {
  const auto get = retailer.get(path);
  const auto head = retailer.head(path);
  EXPECT_EQ(get.status, 200);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(get.body, bytes);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.content_length, 2048U);
  EXPECT_EQ(get.content_length, 2048U);
  for (const auto* name : {"Content-Type", "Docker-Content-Digest", "ETag", "Accept-Ranges", "Cache-Control"})
    EXPECT_EQ(get.header(name), head.header(name)) << name;
  EXPECT_EQ(get.header("Docker-Content-Digest"), digest.text());
  EXPECT_EQ(get.header("Accept-Ranges"), "bytes");
  EXPECT_EQ(get.header("ETag"), '"' + digest.text() + '"');
  EXPECT_EQ(get.header("Cache-Control"), "private, max-age=31536000, immutable");
  EXPECT_EQ(get.header("Content-Encoding"), "");
}

struct RangeCase {
  std::string_view range;
  int status;
  std::string_view content_range;
  std::size_t offset;
  std::size_t length;
};
constexpr RangeCase kRanges[] = {
    {"bytes=500-1499", 206, "bytes 500-1499/2048", 500, 1000},
    {"bytes=500-", 206, "bytes 500-2047/2048", 500, 1548},
    {"bytes=-500", 206, "bytes 1548-2047/2048", 1548, 500},
    {"bytes=2000-5000", 206, "bytes 2000-2047/2048", 2000, 48},
    {"bytes=0-0", 206, "bytes 0-0/2048", 0, 1},
    {"bytes=500-0", 416, "bytes */2048", 0, 0},
    {"bytes=5000-10000", 416, "bytes */2048", 0, 0},
    {"lines=1-2", 200, "", 0, 2048},
};

TEST_P(BlobsTest, one_range) {
  for (const auto& example : kRanges) {
    SCOPED_TRACE(example.range);
    const auto answer = retailer.get(path, {{"Range", std::string(example.range)}});
    EXPECT_EQ(answer.status, example.status);
    EXPECT_EQ(answer.header("Content-Range"), example.content_range);
    if (example.status == 416) continue;
    EXPECT_EQ(answer.body, bytes.substr(example.offset, example.length));
    EXPECT_EQ(answer.content_length, example.length);
    EXPECT_EQ(answer.header("Docker-Content-Digest"), digest.text());
  }
}

TEST_P(BlobsTest, several_ranges_are_parts) {
  const auto answer = retailer.get(path, {{"Range", "bytes=0-9,100-109,-5"}});
  ASSERT_EQ(answer.status, 206);
  const auto type = answer.header("Content-Type");
  ASSERT_TRUE(type.starts_with("multipart/byteranges; boundary=")) << type;
  const auto boundary = type.substr(type.find('=') + 1);
  std::string expected;
  for (const auto& [offset, length] : {std::pair<std::size_t, std::size_t>{0, 10}, {100, 10}, {2043, 5}})
    expected += fmt::format(
        "{}--{}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes {}-{}/2048\r\n\r\n{}",
        expected.empty() ? "" : "\r\n", boundary, offset, offset + length - 1, bytes.substr(offset, length));
  expected += fmt::format("\r\n--{}--\r\n", boundary);
  EXPECT_EQ(answer.body, expected);
  EXPECT_EQ(answer.content_length, expected.size());
}

TEST_P(BlobsTest, too_many_ranges_are_400_so_that_podman_asks_for_fewer) {
  std::string range = "bytes=0-0";
  for (int i = 1; i < 300; ++i) range += fmt::format(",{}-{}", i * 2, i * 2);
  EXPECT_EQ(retailer.get(path, {{"Range", range}}).status, 400);
}

TEST_P(BlobsTest, what_the_client_has_is_304) {
  const auto answer = retailer.get(path, {{"If-None-Match", '"' + digest.text() + '"'}});
  EXPECT_EQ(answer.status, 304);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.header("ETag"), '"' + digest.text() + '"');
}

TEST_P(BlobsTest, if_range_with_another_etag_gives_everything) {
  EXPECT_EQ(retailer.get(path, {{"Range", "bytes=0-9"}, {"If-Range", "\"another\""}}).status, 200);
  EXPECT_EQ(retailer.get(path, {{"Range", "bytes=0-9"}, {"If-Range", '"' + digest.text() + '"'}}).status, 206);
}

TEST_P(BlobsTest, existence_is_per_repository) {
  for (const auto* elsewhere : {"shop/api", "base/os"}) {
    const auto other_path = fmt::format("/v2/{}/blobs/{}", elsewhere, digest.text());
    EXPECT_EQ(retailer.head(other_path).status, 404);
    const auto answer = retailer.get(other_path);
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.codes(), std::vector<std::string>{"BLOB_UNKNOWN"});
  }
}

TEST_P(BlobsTest, a_head_links_nothing) {
  EXPECT_EQ(as(access::testing::as(stranger)).head("/v2/vault/x/blobs/" + digest.text()).status, 404);
  EXPECT_EQ(number("SELECT COUNT(*) FROM repository_blobs"), 1);
}

TEST_P(BlobsTest, a_digest_that_is_none_is_400) {
  const auto answer = retailer.get("/v2/shop/web/blobs/sha256:baddigeststring");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.codes(), std::vector<std::string>{"DIGEST_INVALID"});
}

TEST_P(BlobsTest, a_manifest_is_no_blob_and_a_blob_is_no_manifest) {
  const auto manifest = retailer.push_image("shop/web", "1", "seed");
  EXPECT_EQ(retailer.get("/v2/shop/web/blobs/" + manifest.text()).status, 404);
  EXPECT_EQ(retailer.get("/v2/shop/web/manifests/" + digest.text()).status, 404);
}

TEST_P(BlobsTest, a_deleted_blob_is_gone_at_once) {
  EXPECT_EQ(keeper.remove(path).status, 202);
  EXPECT_EQ(retailer.head(path).status, 404);
  EXPECT_EQ(keeper.remove(path).status, 404);
  EXPECT_EQ(number("SELECT CAST(SUM(logical_bytes) AS BIGINT) FROM space_counters"), 0);
}

TEST_P(BlobsTest, a_deleted_blob_can_be_pushed_again) {
  ASSERT_EQ(keeper.remove(path).status, 202);
  retailer.push_blob("shop/web", bytes);
  EXPECT_EQ(retailer.get(path).body, bytes);
}

TEST_P(BlobsTest, a_blob_that_a_manifest_refers_to_is_not_deleted) {
  retailer.push_image("shop/web", "1", "the layer");
  const auto layer = "/v2/shop/web/blobs/" + Digest::of("the layer").text();
  EXPECT_EQ(keeper.remove(layer).status, 405);
  EXPECT_EQ(retailer.get(layer).body, "the layer");
}

TEST_P(BlobsTest, deleting_needs_delete) {
  EXPECT_EQ(retailer.remove(path).status, 403) << "an editor may not delete in a space of retail's";
  EXPECT_EQ(as(access::testing::as(stranger)).remove(path).status, 404);
  EXPECT_EQ(retailer.head(path).status, 200);
}

TEST_P(BlobsTest, a_condemned_blob_is_revived_by_a_push) {
  const auto set_state = [&](const char* state) {
    static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
      tx.execute("UPDATE blobs SET state = :state", state);
      return {};
    }));
  };
  set_state("condemned");
  retailer.push_blob("shop/api", bytes);
  EXPECT_EQ(texts("SELECT state FROM blobs"), std::vector<std::string>{"live"});
  EXPECT_EQ(stored_objects(), 1U);
}

TEST_P(BlobsTest, a_blob_that_is_gone_comes_back_under_the_next_generation) {
  ASSERT_EQ(keeper.remove(path).status, 202);
  static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
    tx.execute("UPDATE blobs SET state = 'gone'");
    return {};
  }));
  retailer.push_blob("shop/web", bytes);
  EXPECT_EQ(number("SELECT generation FROM blobs WHERE state = 'live'"), 2);
  EXPECT_EQ(stored_objects(), 2U) << "the collector may still be removing the first";
  EXPECT_EQ(retailer.get(path).body, bytes);
}

}  // namespace
}  // namespace berth::distribution::testing
