#include <gtest/gtest.h>

#include "distribution/tests/support/upload_fixture.h"

// registry.md 1.3, "Uploads".
namespace berth::distribution::testing {
namespace {

using http::Method;

class UploadsTest : public UploadTest {};
INSTANTIATE_TEST_SUITE_P(, UploadsTest, db::testing::both(), db::testing::name);

TEST_P(UploadsTest, a_new_upload_says_where_and_how_far) {
  const auto answer = retailer.post("/v2/shop/web/blobs/uploads/");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.header("Range"), "0-0");
  EXPECT_EQ(answer.header("Docker-Upload-UUID").size(), 36U);
  EXPECT_EQ(answer.header("Location"), "/v2/shop/web/blobs/uploads/" + answer.header("Docker-Upload-UUID"));
}

TEST_P(UploadsTest, the_trailing_slash_may_be_missing) {
  EXPECT_EQ(retailer.post("/v2/shop/web/blobs/uploads").status, 202);
}

TEST_P(UploadsTest, from_without_mount_is_an_ordinary_upload) {
  EXPECT_EQ(retailer.post("/v2/shop/web/blobs/uploads/?from=shop/other").status, 202);
}

TEST_P(UploadsTest, one_put_takes_the_whole_blob) {
  const auto bytes = bytes_of(5000);
  const auto digest = Digest::of(bytes);
  const auto answer = retailer.put(closing(retailer.start_upload("shop/web"), digest), bytes);
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.header("Location"), "/v2/shop/web/blobs/" + digest.text());
  EXPECT_EQ(answer.header("Docker-Content-Digest"), digest.text());
  expect_blob("shop/web", digest, bytes);
  EXPECT_EQ(open_uploads(), 0U);
  EXPECT_EQ(number("SELECT COUNT(*) FROM uploads"), 0);
}

TEST_P(UploadsTest, one_post_takes_the_whole_blob) {
  const auto bytes = bytes_of(5000);
  const auto digest = Digest::of(bytes);
  const auto answer = retailer.post("/v2/shop/web/blobs/uploads/?digest=" + digest.text(), bytes);
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.header("Docker-Content-Digest"), digest.text());
  expect_blob("shop/web", digest, bytes);
}

TEST_P(UploadsTest, a_stream_without_content_range_is_appended) {
  const auto bytes = bytes_of(5000);
  const auto digest = Digest::of(bytes);
  const auto location = retailer.start_upload("shop/web");
  const auto patched = retailer.patch(location, bytes, {{"Transfer-Encoding", "chunked"}});
  EXPECT_EQ(patched.status, 202);
  EXPECT_EQ(patched.header("Range"), "0-4999");
  EXPECT_EQ(patched.header("Location"), location);
  EXPECT_FALSE(patched.header("Docker-Upload-UUID").empty());
  EXPECT_EQ(retailer.put(closing(location, digest)).status, 201);
  expect_blob("shop/web", digest, bytes);
}

TEST_P(UploadsTest, chunks_then_an_empty_put) {
  const auto bytes = bytes_of(300);
  const auto location = retailer.start_upload("shop/web");
  EXPECT_EQ(retailer.patch(location, bytes.substr(0, 100), {{"Content-Range", "0-99"}}).header("Range"), "0-99");
  EXPECT_EQ(retailer.patch(location, bytes.substr(100), {{"Content-Range", "100-299"}}).header("Range"), "0-299");
  EXPECT_EQ(retailer.put(closing(location, Digest::of(bytes))).status, 201);
  expect_blob("shop/web", Digest::of(bytes), bytes);
}

TEST_P(UploadsTest, chunks_then_a_put_with_the_last_one) {
  const auto bytes = bytes_of(300);
  const auto location = retailer.start_upload("shop/web");
  EXPECT_EQ(retailer.patch(location, bytes.substr(0, 100), {{"Content-Range", "0-99"}}).status, 202);
  const auto answer =
      retailer.put(closing(location, Digest::of(bytes)), bytes.substr(100), {{"Content-Range", "100-299"}});
  EXPECT_EQ(answer.status, 201) << answer.body;
  expect_blob("shop/web", Digest::of(bytes), bytes);
}

TEST_P(UploadsTest, a_put_of_the_rest_without_content_range_is_appended) {
  const auto bytes = bytes_of(300);
  const auto location = retailer.start_upload("shop/web");
  EXPECT_EQ(retailer.patch(location, bytes.substr(0, 100)).status, 202);
  EXPECT_EQ(retailer.put(closing(location, Digest::of(bytes)), bytes.substr(100)).status, 201);
  expect_blob("shop/web", Digest::of(bytes), bytes);
}

TEST_P(UploadsTest, an_empty_patch_leaves_the_upload_usable) {
  const auto location = retailer.start_upload("shop/web");
  const auto empty = retailer.patch(location, "");
  EXPECT_EQ(empty.status, 202);
  EXPECT_EQ(empty.header("Range"), "0-0");
  EXPECT_EQ(retailer.patch(location, "abc", {{"Content-Range", "0-2"}}).header("Range"), "0-2");
}

struct RangeCase {
  std::string_view name;
  std::string content_range;
  std::size_t already;
  std::string range;
};
const RangeCase kOutOfOrder[] = {
    {"gap", "200-299", 100, "0-99"},         {"replay", "0-99", 100, "0-99"},
    {"overlap", "50-149", 100, "0-99"},      {"bytes_prefix", "bytes 0-99", 0, "0-0"},
    {"backwards", "99-0", 0, "0-0"},         {"no_end", "0-", 0, "0-0"},
    {"not_a_range", "everything", 0, "0-0"}, {"huge", "0-99999999999999999999", 0, "0-0"},
};

TEST_P(UploadsTest, a_chunk_out_of_order_is_416_before_a_byte_is_taken_by_patch_and_by_put) {
  for (const auto& example : kOutOfOrder) {
    for (const auto method : {Method::kPatch, Method::kPut}) {
      SCOPED_TRACE(fmt::format("{} {}", http::name_of(method), example.name));
      const auto bytes = bytes_of(100);
      const auto location = retailer.start_upload("shop/web");
      if (example.already > 0) ASSERT_EQ(retailer.patch(location, bytes).status, 202);
      const auto target = method == Method::kPut ? closing(location, Digest::of(bytes)) : location;
      const auto answer = retailer.send(method, target, {{"Content-Range", example.content_range}}, bytes);
      EXPECT_EQ(answer.status, 416);
      EXPECT_EQ(answer.header("Range"), example.range);
      EXPECT_EQ(answer.header("Location"), location);
      const auto status = retailer.get(location);
      EXPECT_EQ(status.status, 204);
      EXPECT_EQ(status.header("Range"), example.range);
    }
  }
}

TEST_P(UploadsTest, content_length_and_content_range_must_agree) {
  const auto location = retailer.start_upload("shop/web");
  const auto answer = retailer.patch(location, bytes_of(50), {{"Content-Range", "0-99"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.codes(), std::vector<std::string>{"SIZE_INVALID"});
  EXPECT_EQ(retailer.get(location).header("Range"), "0-0");
}

TEST_P(UploadsTest, a_chunked_body_longer_than_its_content_range_is_refused) {
  const auto location = retailer.start_upload("shop/web");
  const auto answer =
      retailer.patch(location, bytes_of(100), {{"Content-Range", "0-59"}, {"Transfer-Encoding", "chunked"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.codes(), std::vector<std::string>{"SIZE_INVALID"});
  EXPECT_EQ(retailer.get(location).header("Range"), "0-49") << "the first piece was within the range";
}

TEST_P(UploadsTest, a_chunked_body_shorter_than_its_content_range_is_refused_and_kept) {
  const auto location = retailer.start_upload("shop/web");
  const auto answer =
      retailer.patch(location, bytes_of(50), {{"Content-Range", "0-99"}, {"Transfer-Encoding", "chunked"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(retailer.get(location).header("Range"), "0-49");
}

TEST_P(UploadsTest, the_location_of_the_post_stays_good) {
  const auto location = retailer.start_upload("shop/web");
  for (const auto* piece : {"ab", "cd", "ef"}) EXPECT_EQ(retailer.patch(location, piece).header("Location"), location);
  EXPECT_EQ(retailer.put(closing(location, Digest::of("abcdef"))).status, 201);
}

TEST_P(UploadsTest, the_empty_blob_is_pushable_in_every_mode) {
  const auto digest = Digest::of("");
  const auto post = retailer.post("/v2/shop/a/blobs/uploads/?digest=" + digest.text());
  EXPECT_EQ(post.status, 201) << post.body;
  EXPECT_EQ(retailer.put(closing(retailer.start_upload("shop/b"), digest)).status, 201);
  const auto location = retailer.start_upload("shop/c");
  EXPECT_EQ(retailer.patch(location, "").status, 202);
  EXPECT_EQ(retailer.put(closing(location, digest)).status, 201);
  const auto answer = retailer.get("/v2/shop/b/blobs/" + digest.text());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_length, 0U);
  EXPECT_EQ(retailer.get("/v2/shop/b/blobs/" + digest.text(), {{"Range", "bytes=0-0"}}).status, 416);
}

TEST_P(UploadsTest, other_bytes_than_the_digest_says_are_400_and_visible_nowhere) {
  const auto claimed = Digest::of("what was promised");
  const auto sent = Digest::of("what was sent");
  const auto check = [&](const Answer& answer) {
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.codes(), std::vector<std::string>{"DIGEST_INVALID"});
    expect_no_blob("shop/web", claimed);
    expect_no_blob("shop/web", sent);
    EXPECT_EQ(stored_objects(), 0U);
  };
  check(retailer.post("/v2/shop/web/blobs/uploads/?digest=" + claimed.text(), "what was sent"));
  check(retailer.put(closing(retailer.start_upload("shop/web"), claimed), "what was sent"));
  const auto location = retailer.start_upload("shop/web");
  ASSERT_EQ(retailer.patch(location, "what was sent").status, 202);
  check(retailer.put(closing(location, claimed)));
  EXPECT_EQ(retailer.get(location).status, 404) << "the upload is over";
  EXPECT_EQ(open_uploads(), 0U);
}

TEST_P(UploadsTest, a_malformed_digest_is_400_and_leaves_the_upload) {
  const auto location = retailer.start_upload("shop/web");
  for (const auto* digest : {"?digest=sha256:short", "?digest=md5:d41d8cd98f00b204e9800998ecf8427e", ""}) {
    const auto answer = retailer.put(location + digest, "abc");
    EXPECT_EQ(answer.status, 400) << digest;
    EXPECT_EQ(answer.codes(), std::vector<std::string>{"DIGEST_INVALID"});
  }
  EXPECT_EQ(retailer.get(location).status, 204);
  EXPECT_EQ(retailer.post("/v2/shop/web/blobs/uploads/?digest-algorithm=md5").status, 400);
}

TEST_P(UploadsTest, sha512_is_taken_in_every_mode_hinted_or_not) {
  const auto bytes = bytes_of(3'000'000);
  const auto digest = sha512_of(bytes);
  const auto check = [&](const std::string& repository, const Answer& answer) {
    EXPECT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(answer.header("Docker-Content-Digest"), digest.text());
    expect_blob(repository, digest, bytes);
    expect_no_blob(repository, Digest::of(bytes));
  };
  check("shop/a", retailer.post("/v2/shop/a/blobs/uploads/?digest=" + digest.text(), bytes));
  check("shop/b", retailer.put(closing(retailer.start_upload("shop/b"), digest), bytes));
  const auto streamed = retailer.start_upload("shop/c");
  ASSERT_EQ(retailer.patch(streamed, bytes).status, 202);
  check("shop/c", retailer.put(closing(streamed, digest)));
  const auto hinted = retailer.post("/v2/shop/d/blobs/uploads/?digest-algorithm=sha512").header("Location");
  ASSERT_EQ(retailer.patch(hinted, bytes).status, 202);
  check("shop/d", retailer.put(closing(hinted, digest)));
  EXPECT_EQ(stored_objects(), 1U) << "hashing again leaves nothing behind";
  EXPECT_EQ(open_uploads(), 0U);
}

TEST_P(UploadsTest, a_wrong_sha512_after_a_stream_is_400_and_leaves_nothing) {
  const auto location = retailer.start_upload("shop/web");
  ASSERT_EQ(retailer.patch(location, "what was sent").status, 202);
  const auto answer = retailer.put(closing(location, sha512_of("what was promised")));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(stored_objects(), 0U);
  EXPECT_EQ(open_uploads(), 0U);
  EXPECT_EQ(retailer.get(location).status, 404);
}

}  // namespace
}  // namespace berth::distribution::testing
