#include <gtest/gtest.h>

#include "base/random.h"
#include "distribution/tests/support/upload_fixture.h"

// registry.md 1.3, 10-12: whose an upload is, and what becomes of it.
namespace berth::distribution::testing {
namespace {

using http::Method;

class UploadSessionsTest : public UploadTest {};
INSTANTIATE_TEST_SUITE_P(, UploadSessionsTest, db::testing::both(), db::testing::name);

TEST_P(UploadSessionsTest, an_upload_is_bound_to_its_repository) {
  const auto location = retailer.start_upload("shop/web");
  const auto id = location.substr(location.rfind('/') + 1);
  const auto elsewhere = "/v2/shop/api/blobs/uploads/" + id;
  EXPECT_EQ(retailer.get(elsewhere).status, 404);
  EXPECT_EQ(retailer.patch(elsewhere, "abc").status, 404);
  EXPECT_EQ(retailer.put(closing(elsewhere, Digest::of("abc")), "abc").status, 404);
  EXPECT_EQ(retailer.remove(elsewhere).status, 404);
  EXPECT_EQ(retailer.get(location).status, 204);
}

TEST_P(UploadSessionsTest, an_upload_is_bound_to_who_started_it) {
  const auto location = retailer.start_upload("shop/web");
  const auto colleague = as(access::testing::as(admin));
  EXPECT_EQ(colleague.get(location).status, 404);
  EXPECT_EQ(colleague.patch(location, "abc").status, 404);
  EXPECT_EQ(colleague.remove(location).status, 404);
  EXPECT_EQ(retailer.get(location).status, 204);
}

TEST_P(UploadSessionsTest, the_same_subject_goes_on_with_a_fresh_token) {
  const access::Verbs push{.pull = true, .push = true, .remove = false};
  const auto first = as(scoped(access::testing::as(editor), {{"shop/web", push}}));
  const auto second = as(scoped(access::testing::as(editor), {{"shop/web", push}, {"shop/api", push}}));
  const auto location = first.start_upload("shop/web");
  ASSERT_EQ(first.patch(location, "ab").status, 202);
  EXPECT_EQ(second.put(closing(location, Digest::of("abcd")), "cd").status, 201);
}

TEST_P(UploadSessionsTest, a_broken_connection_leaves_what_had_come) {
  const auto bytes = bytes_of(1000);
  const auto location = retailer.start_upload("shop/web");
  retailer.break_off(Method::kPatch, location, bytes.substr(0, 600));
  const auto status = retailer.get(location);
  EXPECT_EQ(status.status, 204);
  EXPECT_EQ(status.header("Range"), "0-599");
  EXPECT_EQ(retailer.patch(location, bytes.substr(600), {{"Content-Range", "600-999"}}).status, 202);
  EXPECT_EQ(retailer.put(closing(location, Digest::of(bytes))).status, 201);
  expect_blob("shop/web", Digest::of(bytes), bytes);
}

TEST_P(UploadSessionsTest, a_closing_put_that_breaks_off_can_be_taken_up) {
  const auto bytes = bytes_of(1000);
  const auto location = retailer.start_upload("shop/web");
  retailer.break_off(Method::kPut, closing(location, Digest::of(bytes)), bytes.substr(0, 600));
  EXPECT_EQ(retailer.get(location).header("Range"), "0-599");
  EXPECT_EQ(retailer.put(closing(location, Digest::of(bytes)), bytes.substr(600)).status, 201);
}

TEST_P(UploadSessionsTest, a_post_with_digest_that_breaks_off_leaves_nothing) {
  const auto bytes = bytes_of(1000);
  retailer.break_off(Method::kPost, "/v2/shop/web/blobs/uploads/?digest=" + Digest::of(bytes).text(), bytes);
  EXPECT_EQ(open_uploads(), 0U);
  expect_no_blob("shop/web", Digest::of(bytes));
}

TEST_P(UploadSessionsTest, an_upload_goes_on_after_a_restart) {
  const auto bytes = bytes_of(1000);
  const auto location = retailer.start_upload("shop/web");
  ASSERT_EQ(retailer.patch(location, bytes.substr(0, 333)).status, 202);
  restart();
  const auto again = as(access::testing::as(editor));
  EXPECT_EQ(again.get(location).header("Range"), "0-332");
  ASSERT_EQ(again.patch(location, bytes.substr(333, 333), {{"Content-Range", "333-665"}}).status, 202);
  restart();
  const auto last = as(access::testing::as(editor));
  EXPECT_EQ(last.put(closing(location, Digest::of(bytes)), bytes.substr(666)).status, 201);
  EXPECT_EQ(last.get("/v2/shop/web/blobs/" + Digest::of(bytes).text()).body, bytes);
}

TEST_P(UploadSessionsTest, cancelling_needs_push_and_ends_the_upload) {
  const access::Verbs push{.pull = true, .push = true, .remove = false};
  const auto pusher = as(scoped(access::testing::as(editor), {{"shop/web", push}}));
  const auto location = pusher.start_upload("shop/web");
  ASSERT_EQ(pusher.patch(location, "abc").status, 202);
  EXPECT_EQ(pusher.remove(location).status, 204);
  EXPECT_EQ(pusher.get(location).status, 404);
  EXPECT_EQ(pusher.patch(location, "abc").status, 404);
  EXPECT_EQ(pusher.remove(location).status, 404);
  EXPECT_EQ(open_uploads(), 0U);
}

TEST_P(UploadSessionsTest, a_second_request_on_a_busy_upload_is_refused_and_harms_nothing) {
  const auto location = retailer.start_upload("shop/web");
  auto dispatch = retailer.begin(Method::kPatch, location, {{"Transfer-Encoding", "chunked"}}, "abc");
  auto& sink = *std::get<http::Dispatch::Streamed>(dispatch.next).sink;
  ASSERT_TRUE(sink.write("abc"));
  EXPECT_EQ(retailer.patch(location, "xyz").status, 409);
  EXPECT_EQ(retailer.remove(location).status, 409);
  EXPECT_EQ(retailer.get(location).status, 204);
  const auto colleague = as(access::testing::as(admin));
  EXPECT_EQ(colleague.patch(location, "xyz").status, 404) << "who did not start it does not learn that it is busy";
  EXPECT_EQ(colleague.remove(location).status, 404);
  EXPECT_EQ(sink.finish().status, 202);
  EXPECT_EQ(retailer.put(closing(location, Digest::of("abc"))).status, 201);
}

TEST_P(UploadSessionsTest, abandoned_uploads_expire_and_those_in_use_do_not) {
  const auto old = retailer.start_upload("shop/web");
  ASSERT_EQ(retailer.patch(old, "abc").status, 202);
  clock.advance(std::chrono::hours(23));
  const auto young = retailer.start_upload("shop/web");
  EXPECT_EQ(registry().expire_uploads(clock.now()), 0U);
  clock.advance(std::chrono::hours(2));
  EXPECT_EQ(registry().expire_uploads(clock.now()), 1U);
  EXPECT_EQ(retailer.get(old).status, 404);
  EXPECT_EQ(retailer.get(young).status, 204);
  EXPECT_EQ(open_uploads(), 0U);
}

TEST_P(UploadSessionsTest, an_upload_at_work_outlives_the_sweep) {
  const auto location = retailer.start_upload("shop/web");
  auto dispatch = retailer.begin(Method::kPatch, location, {{"Transfer-Encoding", "chunked"}}, "abc");
  auto& sink = *std::get<http::Dispatch::Streamed>(dispatch.next).sink;
  ASSERT_TRUE(sink.write("abc"));
  clock.advance(std::chrono::hours(48));
  EXPECT_EQ(registry().expire_uploads(clock.now()), 0U);
  EXPECT_EQ(sink.finish().status, 202);
  EXPECT_EQ(registry().expire_uploads(clock.now()), 0U) << "it was used just now";
}

TEST_P(UploadSessionsTest, bytes_without_a_row_are_swept_after_the_lifetime) {
  const auto location = retailer.start_upload("shop/web");
  ASSERT_EQ(retailer.patch(location, "abc").status, 202);
  static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
    tx.execute("DELETE FROM uploads");
    return {};
  }));
  const auto real_now = SystemClock().now();  // files carry the system's time
  registry().expire_uploads(real_now);
  EXPECT_EQ(open_uploads(), 1U);
  registry().expire_uploads(real_now + std::chrono::hours(25));
  EXPECT_EQ(open_uploads(), 0U);
}

TEST_P(UploadSessionsTest, viewers_and_strangers_may_not_push) {
  EXPECT_EQ(as(access::testing::as(viewer)).post("/v2/shop/web/blobs/uploads/").status, 403);
  EXPECT_EQ(as(access::testing::as(stranger)).post("/v2/shop/web/blobs/uploads/").status, 404);
  EXPECT_EQ(as(access::testing::anonymous()).post("/v2/base/web/blobs/uploads/").status, 401);
}

TEST_P(UploadSessionsTest, one_sweep_ends_as_many_as_clients_leave_behind) {
  static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
    for (int i = 0; i < 2500; ++i)
      tx.execute(
          "INSERT INTO uploads (id, space_id, repository, subject, created_at, expires_at) "
          "VALUES (:id, :space, 'web', 'user:1', 0, :expires)",
          random_uuid(), shop, clock.now() + std::chrono::milliseconds(i));
    return {};
  }));
  const auto open = retailer.start_upload("shop/web");
  EXPECT_EQ(registry().expire_uploads(clock.now() + std::chrono::seconds(3)), 2500U);
  EXPECT_EQ(retailer.get(open).status, 204);
}

TEST_P(UploadSessionsTest, a_space_has_an_end_of_uploads_that_are_open_at_once) {
  static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
    for (int i = 0; i < 9999; ++i)
      tx.execute(
          "INSERT INTO uploads (id, space_id, repository, subject, created_at, expires_at) "
          "VALUES (:id, :space, 'web', 'user:1', 0, :expires)",
          random_uuid(), shop, clock.now() + std::chrono::hours(1));
    return {};
  }));
  const auto last = retailer.start_upload("shop/web");
  const auto refused = retailer.post("/v2/shop/web/blobs/uploads/");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.codes(), std::vector<std::string>{"TOOMANYREQUESTS"});
  EXPECT_EQ(retailer.post("/v2/base/web/blobs/uploads/").status, 202) << "another space is not concerned";
  EXPECT_EQ(retailer.remove(last).status, 204);
  EXPECT_EQ(retailer.post("/v2/shop/web/blobs/uploads/").status, 202);
}

// The bytes are the blob's by then: whoever asks where to go on must not be told of bytes that are not there.
TEST_P(UploadSessionsTest, an_upload_whose_bytes_were_placed_when_the_database_was_lost_ends_at_the_next_try) {
  auto& faults = restart_on_faulty_database();
  const auto client = as(access::testing::as(editor));
  for (std::size_t step = 0;; ++step) {
    SCOPED_TRACE(fmt::format("step {}", step));
    const auto bytes = fmt::format("upload {}", step);
    const auto location = client.start_upload("shop/web");
    ASSERT_EQ(client.patch(location, bytes).status, 202);
    faults.fail_step(step);
    const auto status = client.put(closing(location, Digest::of(bytes))).status;
    const bool failed = faults.has_failed();
    faults.heal();
    if (status != 201 && client.put(closing(location, Digest::of(bytes))).status != 201)
      EXPECT_EQ(client.get(location).status, 404);
    EXPECT_EQ(number("SELECT COUNT(*) FROM uploads"), 0) << "it reserves nothing any more";
    if (!failed) break;
    ASSERT_LT(step, 100U);
  }
}

}  // namespace
}  // namespace berth::distribution::testing
