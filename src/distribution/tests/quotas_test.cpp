#include <gtest/gtest.h>

#include "distribution/tests/support/collection_fixture.h"

namespace berth::distribution::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class QuotasTest : public CollectionTest {
 protected:
  void set_quota(std::string_view table, std::int64_t id, std::optional<std::int64_t> bytes) {
    static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
      tx.execute(fmt::format("UPDATE {} SET quota_bytes = :bytes WHERE id = :id", table), bytes, id);
      tx.execute("UPDATE spaces SET owner_workspace_id = :owner WHERE id = :id", retail, shop);
      return {};
    }));
  }
  static std::string closing(const std::string& location, const std::string& bytes) {
    return fmt::format("{}?digest={}", location, Digest::of(bytes).text());
  }
  static void expect_refused(const Answer& answer) {
    EXPECT_EQ(answer.status, 403) << answer.body;
    EXPECT_EQ(answer.codes(), std::vector<std::string>{"DENIED"});
    EXPECT_THAT(answer.body, HasSubstr("is used up"));
    EXPECT_THAT(answer.body, HasSubstr("Delete images"));
  }
  void expect_nothing_left() {
    EXPECT_EQ(open_uploads(), 0U);
    EXPECT_EQ(number("SELECT COUNT(*) FROM uploads"), 0);
    EXPECT_EQ(number("SELECT COUNT(*) FROM repositories"), 0);
    EXPECT_EQ(stored_objects(), 0U);
  }
};
INSTANTIATE_TEST_SUITE_P(, QuotasTest, db::testing::both(), db::testing::name);

TEST_P(QuotasTest, what_fits_is_taken_to_the_last_byte_and_the_next_upload_does_not_begin) {
  set_quota("spaces", shop.value(), 100);
  retailer().push_blob("shop/web", bytes_of(100));
  const auto refused = retailer().post("/v2/shop/web/blobs/uploads/");
  expect_refused(refused);
  EXPECT_THAT(refused.body, HasSubstr("space shop is used up: it holds 100 bytes of 100 bytes"));
  set_quota("spaces", shop.value(), std::nullopt);
  retailer().push_blob("shop/web", bytes_of(101));
  expect_sound();
}

TEST_P(QuotasTest, an_upload_is_refused_as_soon_as_it_is_too_much_and_leaves_nothing) {
  set_quota("spaces", shop.value(), 100);
  const auto location = retailer().start_upload("shop/web");
  expect_refused(retailer().patch(location, bytes_of(101)));
  EXPECT_EQ(retailer().get(location).status, 404);
  expect_nothing_left();
}

TEST_P(QuotasTest, a_push_in_one_request_is_refused_and_leaves_nothing) {
  set_quota("spaces", shop.value(), 100);
  const auto bytes = bytes_of(101);
  expect_refused(
      retailer().post(fmt::format("/v2/shop/web/blobs/uploads/?digest={}", Digest::of(bytes).text()), bytes));
  expect_nothing_left();
}

TEST_P(QuotasTest, what_others_are_uploading_counts_until_they_end) {
  set_quota("spaces", shop.value(), 100);
  const auto first = retailer().start_upload("shop/one");
  ASSERT_EQ(retailer().patch(first, bytes_of(60)).status, 202);
  const auto second = retailer().start_upload("shop/two");
  const auto refused = retailer().patch(second, bytes_of(41, 'b'));
  expect_refused(refused);
  EXPECT_THAT(refused.body, HasSubstr("60 bytes are being uploaded"));
  EXPECT_EQ(retailer().put(closing(first, bytes_of(60))).status, 201) << "its own bytes do not count twice";
  const auto third = retailer().start_upload("shop/two");
  EXPECT_EQ(retailer().put(closing(third, bytes_of(40, 'b')), bytes_of(40, 'b')).status, 201);
  expect_sound();
}

TEST_P(QuotasTest, an_upload_that_ends_gives_its_bytes_back) {
  set_quota("spaces", shop.value(), 100);
  const auto first = retailer().start_upload("shop/one");
  ASSERT_EQ(retailer().patch(first, bytes_of(100)).status, 202);
  expect_refused(retailer().post("/v2/shop/two/blobs/uploads/"));
  ASSERT_EQ(retailer().remove(first).status, 204);
  EXPECT_EQ(retailer().post("/v2/shop/two/blobs/uploads/").status, 202);
}

TEST_P(QuotasTest, a_workspace_has_one_quota_over_all_of_its_spaces) {
  set_quota("workspaces", retail.value(), 100);
  retailer().push_blob("shop/web", bytes_of(100));
  const auto refused = retailer().post("/v2/shop/web/blobs/uploads/");
  expect_refused(refused);
  EXPECT_THAT(refused.body, HasSubstr("workspace retail"));
  retailer().push_blob("base/web", bytes_of(200));
}

TEST_P(QuotasTest, a_mount_and_a_manifest_count_and_a_blob_that_is_here_already_does_not) {
  retailer().push_blob("base/web", "config");
  set_quota("spaces", shop.value(), 6);
  retailer().push_blob("shop/web", "config");
  expect_refused(
      retailer().post(fmt::format("/v2/shop/two/blobs/uploads/?mount={}&from=base/web", Digest::of("config").text())));
  const auto again = fmt::format("/v2/shop/web/blobs/uploads/?digest={}", Digest::of("config").text());
  EXPECT_EQ(retailer().post(again, "config").status, 201);
  const auto manifest = image({.config = "config", .layers = {}, .more = {}});
  expect_refused(retailer().push_manifest("shop/web", "1", manifest));
  EXPECT_EQ(retailer().get("/v2/shop/web/manifests/1").status, 404);
  set_quota("spaces", shop.value(), 6 + static_cast<std::int64_t>(manifest.size()));
  EXPECT_EQ(retailer().push_manifest("shop/web", "1", manifest).status, 201);
  EXPECT_EQ(retailer().push_manifest("shop/web", "2", manifest).status, 201) << "a second tag costs nothing";
  expect_sound();
}

TEST_P(QuotasTest, what_was_deleted_is_free_again_when_it_was_collected) {
  const auto digest = retailer().push_image("shop/web", "1", "one");
  const auto held = number("SELECT CAST(SUM(logical_bytes) AS BIGINT) FROM space_counters");
  set_quota("spaces", shop.value(), held);
  expect_refused(retailer().post("/v2/shop/web/blobs/uploads/"));
  ASSERT_EQ(keeper().remove(fmt::format("/v2/shop/web/manifests/{}", digest.text())).status, 202);
  collect_in_time();
  retailer().push_image("shop/web", "2", "two");
  expect_sound();
}

TEST_P(QuotasTest, a_push_in_one_request_ends_at_the_byte_that_is_too_much) {
  set_quota("spaces", shop.value(), 100);
  const auto bytes = bytes_of(1000);
  auto push = retailer().begin(http::Method::kPost,
                               fmt::format("/v2/shop/web/blobs/uploads/?digest={}", Digest::of(bytes).text()),
                               {{"Transfer-Encoding", "chunked"}});
  auto& sink = *std::get<http::Dispatch::Streamed>(push.next).sink;
  EXPECT_TRUE(sink.write(bytes.substr(0, 100)));
  const auto refused = sink.write(bytes.substr(100, 1));
  ASSERT_FALSE(refused) << "what a quota does not hold must not fill the disk";
  expect_refused(take(sink.refuse(refused.error())));
  sink.abandon("refused");
  expect_nothing_left();
}

TEST_P(QuotasTest, a_push_that_another_one_leaves_no_room_for_leaves_nothing_in_the_store) {
  const auto bytes = bytes_of(80);
  const auto target = fmt::format("/v2/shop/web/blobs/uploads/?digest={}", Digest::of(bytes).text());
  bool finished = false;
  for (int reads = 1; !finished; ++reads) {
    SCOPED_TRACE(fmt::format("filled up after read {}", reads));
    set_quota("spaces", shop.value(), 100);
    int left = reads;
    std::function<void()> fill_up = [&] {
      if (--left > 0) return counted().after_next_read(fill_up);
      set_quota("spaces", shop.value(), 79);
    };
    counted().after_next_read(fill_up);
    const auto status = retailer().post(target, bytes).status;
    finished = left > 0;  // there were not so many reads
    counted().after_next_read(nullptr);
    EXPECT_EQ(status, finished ? 201 : 403);
    collect();
    EXPECT_EQ(stored_objects(), finished ? 1U : 0U);
    ASSERT_LT(reads, 20);
  }
  expect_sound();
}

}  // namespace
}  // namespace berth::distribution::testing
