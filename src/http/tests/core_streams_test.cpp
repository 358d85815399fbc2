#include "http/tests/support/core_fixture.h"

namespace berth::http::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CoreStreamsTest : public CoreFixture {};

TEST_F(CoreStreamsTest, a_streaming_handler_may_answer_at_once) {
  const auto response = send(make_request(Method::kPost, "/v2/shop/web/blobs/uploads/?mount=x", "eve"));
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(send(make_request(Method::kPost, "/v2/shop/web/blobs/uploads/?boom=x", "eve")).status, 500);
}

TEST_F(CoreStreamsTest, a_body_streams_into_the_sink_and_is_counted_at_its_end) {
  const auto sink = stream("/v2/shop/web/blobs/uploads/");
  ASSERT_TRUE(sink);
  EXPECT_THAT(metrics(), HasSubstr("berth_http_requests_in_flight 1"));
  EXPECT_TRUE(sink->write("he").has_value());
  EXPECT_TRUE(sink->write("llo").has_value());
  const auto response = sink->finish();
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers.find("Docker-Distribution-Api-Version"), "registry/2.0");
  EXPECT_EQ(seen_.written, "hello");
  EXPECT_THAT(metrics(), HasSubstr(counted("POST", "/v2/{name+}/blobs/uploads/", 201)));
  EXPECT_THAT(metrics(), HasSubstr("berth_http_requests_in_flight 0"));
}

TEST_F(CoreStreamsTest, exceptions_of_a_sink_are_answers) {
  const auto sink = stream("/v2/shop/web/blobs/uploads");
  ASSERT_TRUE(sink);
  for (const auto& [bytes, status] : {std::pair{"boom", 500}, {"full", 503}, {"bad", 416}}) {
    const auto written = sink->write(bytes);
    ASSERT_FALSE(written.has_value());
    const auto response = sink->refuse(written.error());
    EXPECT_EQ(response.status, status) << bytes;
    EXPECT_THAT(text_of(response), Not(HasSubstr("secret-path")));
  }
  sink->abandon("the write failed");
  EXPECT_EQ(seen_.abandoned, "the write failed");
  EXPECT_THAT(metrics(), HasSubstr(counted("POST", "/v2/{name+}/blobs/uploads/", 500))) << "the first answer counts";
  EXPECT_THAT(metrics(), Not(HasSubstr("status=\"499\"")));
}

TEST_F(CoreStreamsTest, an_exception_at_the_end_of_a_stream_is_a_500) {
  const auto sink = stream("/v2/shop/web/blobs/uploads/");
  ASSERT_TRUE(sink);
  EXPECT_TRUE(sink->write("late boom").has_value());
  const auto response = sink->finish();
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(text_of(response), Not(HasSubstr("secret-path")));
}

TEST_F(CoreStreamsTest, clients_that_left_are_counted_apart) {
  const auto sink = stream("/v2/shop/web/blobs/uploads/");
  ASSERT_TRUE(sink);
  sink->abandon("the client left");
  EXPECT_EQ(seen_.abandoned, "the client left");
  EXPECT_THAT(metrics(), HasSubstr(counted("POST", "/v2/{name+}/blobs/uploads/", 499)));
  {
    [[maybe_unused]] const auto dropped = core_.begin(make_request(Method::kPost, "/api/v1/echo", "alice"));
  }
  EXPECT_THAT(metrics(), HasSubstr(counted("POST", "/api/v1/echo", 499)));
  EXPECT_THAT(metrics(), HasSubstr("berth_http_requests_in_flight 0"));
}

}  // namespace
}  // namespace berth::http::test
