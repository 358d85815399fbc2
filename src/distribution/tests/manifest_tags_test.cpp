#include <gtest/gtest.h>

#include "distribution/tests/support/manifest_fixture.h"

// registry.md 1.3, 29 and 30, tag parameters, conditional PUT (7, "conditional push / atomic tag"), deletion.
namespace berth::distribution::testing {
namespace {

class ManifestTagsTest : public ManifestTest {};
INSTANTIATE_TEST_SUITE_P(, ManifestTagsTest, db::testing::both(), db::testing::name);

TEST_P(ManifestTagsTest, a_moved_tag_leaves_the_old_manifest_pullable) {
  const auto old = pushed_image();
  push("1.0", old);
  const auto fresh = pushed_image(R"(,"annotations":{"v":"2"})");
  push("1.0", fresh);
  EXPECT_EQ(retailer.get(at("1.0")).body, fresh);
  EXPECT_EQ(retailer.get(at(Digest::of(old).text())).body, old);
  EXPECT_EQ(number("SELECT tag_count FROM repositories"), 1);
  EXPECT_EQ(number("SELECT manifest_count FROM repositories"), 2);
}

TEST_P(ManifestTagsTest, tag_parameters_move_all_tags_or_none) {
  const auto bytes = pushed_image();
  const auto answer = push(Digest::of(bytes).text() + "?tag=a&tag=b&tag=c", bytes);
  EXPECT_EQ(answer.status, 201);
  const auto tags = answer.headers.all("OCI-Tag");
  EXPECT_EQ(std::vector<std::string>(tags.begin(), tags.end()), (std::vector<std::string>{"a", "b", "c"}));
  for (const auto* tag : {"a", "b", "c"}) EXPECT_EQ(retailer.get(at(tag)).body, bytes);

  const auto fresh = pushed_image(R"(,"annotations":{"v":"2"})");
  EXPECT_EQ(push(Digest::of(fresh).text() + "?tag=a&tag=-bad", fresh).status, 400);
  EXPECT_EQ(push(Digest::of(fresh).text() + "?tag=new&tag=a", fresh, kImageType, {{"If-None-Match", "*"}}).status, 412);
  EXPECT_EQ(retailer.get(at("a")).body, bytes);
  EXPECT_EQ(retailer.get(at("new")).status, 404);
  EXPECT_EQ(retailer.get(at(Digest::of(fresh).text())).status, 404);
}

TEST_P(ManifestTagsTest, a_hundred_tags_at_once_and_not_more) {
  const auto bytes = pushed_image();
  std::string target = Digest::of(bytes).text() + "?tag=t0";
  for (int i = 1; i < 100; ++i) target += fmt::format("&tag=t{}", i);
  EXPECT_EQ(push(target, bytes).status, 201);
  EXPECT_EQ(number("SELECT tag_count FROM repositories"), 100);
  EXPECT_EQ(push(target + "&tag=one-more", bytes).status, 414);
}

TEST_P(ManifestTagsTest, a_tag_that_must_be_new) {
  const auto first = pushed_image();
  const auto second = pushed_image(R"(,"annotations":{"v":"2"})");
  EXPECT_EQ(push("1.0", first, kImageType, {{"If-None-Match", "*"}}).status, 201);
  EXPECT_EQ(push("1.0", second, kImageType, {{"If-None-Match", "*"}}).status, 412);
  EXPECT_EQ(push("1.0", second, kImageType, {{"If-None-Match", '"' + Digest::of(first).text() + '"'}}).status, 412);
  EXPECT_EQ(push("1.0", second, kImageType, {{"If-None-Match", '"' + Digest::of(second).text() + '"'}}).status, 201);
}

TEST_P(ManifestTagsTest, a_tag_that_must_be_where_the_client_saw_it) {
  const auto first = pushed_image();
  const auto second = pushed_image(R"(,"annotations":{"v":"2"})");
  const Fields at_first{{"If-Match", '"' + Digest::of(first).text() + '"'}};
  EXPECT_EQ(push("1.0", first, kImageType, at_first).status, 412) << "there is no such tag yet";
  ASSERT_EQ(push("1.0", first).status, 201);
  EXPECT_EQ(push("1.0", second, kImageType, at_first).status, 201);
  EXPECT_EQ(push("1.0", first, kImageType, at_first).status, 412);
  EXPECT_EQ(retailer.get(at("1.0")).body, second);
  EXPECT_EQ(push("1.0", first, kImageType, {{"If-Match", "*"}}).status, 201);
}

TEST_P(ManifestTagsTest, deleting_a_tag_leaves_the_manifest_and_other_tags) {
  const auto bytes = pushed_image();
  push("1.0", bytes);
  push("latest", bytes);
  EXPECT_EQ(keeper.remove(at("1.0")).status, 202);
  EXPECT_EQ(retailer.head(at("1.0")).status, 404);
  EXPECT_EQ(retailer.head(at("latest")).status, 200);
  EXPECT_EQ(retailer.head(at(Digest::of(bytes).text())).status, 200);
  EXPECT_EQ(keeper.remove(at("1.0")).status, 404);
  EXPECT_EQ(number("SELECT tag_count FROM repositories"), 1);
}

TEST_P(ManifestTagsTest, deleting_a_manifest_takes_all_its_tags_at_once) {
  const auto bytes = pushed_image();
  push("1.0", bytes);
  push("latest", bytes);
  EXPECT_EQ(keeper.remove(at(Digest::of(bytes).text())).status, 202);
  for (const auto& reference : {std::string("1.0"), std::string("latest"), Digest::of(bytes).text()})
    EXPECT_EQ(retailer.head(at(reference)).status, 404) << reference;
  EXPECT_EQ(keeper.remove(at(Digest::of(bytes).text())).status, 404);
  EXPECT_EQ(number("SELECT tag_count + manifest_count FROM repositories"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM manifest_references"), 0);
  EXPECT_EQ(keeper.remove("/v2/shop/web/blobs/" + Digest::of(layer).text()).status, 202) << "nothing needs it now";
}

TEST_P(ManifestTagsTest, a_child_is_not_deleted_before_its_index) {
  const auto bytes = pushed_image();
  push(Digest::of(bytes).text(), bytes);
  const auto index = index_of({descriptor(kImageType, Digest::of(bytes), bytes.size())});
  push("multi", index, kIndexType);
  const auto refused = keeper.remove(at(Digest::of(bytes).text()));
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.details(), std::vector<std::string>{Digest::of(index).text()});
  EXPECT_EQ(keeper.remove(at(Digest::of(index).text())).status, 202);
  EXPECT_EQ(keeper.remove(at(Digest::of(bytes).text())).status, 202);
}

TEST_P(ManifestTagsTest, deleting_needs_delete) {
  const auto bytes = pushed_image();
  push("1.0", bytes);
  EXPECT_EQ(retailer.remove(at("1.0")).status, 403);
  EXPECT_EQ(as(access::testing::as(viewer)).remove(at(Digest::of(bytes).text())).status, 403);
}

TEST_P(ManifestTagsTest, a_page_cannot_be_made_of_a_manifest) {
  push("page", R"({"x":"<script>alert(1)</script>"})", "text/html");
  const auto answer = retailer.get(at("page"));
  if (answer.status == 404) return;  // refused when it was pushed: as good
  EXPECT_NE(answer.header("Content-Security-Policy").find("sandbox"), std::string::npos);
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
}

}  // namespace
}  // namespace berth::distribution::testing
