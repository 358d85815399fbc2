#include <gtest/gtest.h>

#include "distribution/tests/support/registry_fixture.h"

// design.md 8, promises 1, 2 and 5: a 201 is durable, nothing half-written is visible, a full disk is a clear error.
namespace berth::distribution::testing {
namespace {

class FaultsTest : public RegistryTest {
 protected:
  Client retailer() { return as(access::testing::as(editor)); }
  static std::string closing(const std::string& location, const std::string& bytes) {
    return fmt::format("{}?digest={}", location, Digest::of(bytes).text());
  }
  /// As docker does it; the status of the last answer.
  static int stream(const Client& client, const std::string& repository, const std::string& bytes) {
    const auto started = client.post(fmt::format("/v2/{}/blobs/uploads/", repository));
    if (started.status != 202) return started.status;
    const auto location = started.header("Location");
    const auto patched = client.patch(location, bytes);
    return patched.status == 202 ? client.put(closing(location, bytes)).status : patched.status;
  }
  static int at_once(const Client& client, const std::string& repository, const std::string& bytes) {
    return client.post(fmt::format("/v2/{}/blobs/uploads/?digest={}", repository, Digest::of(bytes).text()), bytes)
        .status;
  }
};
INSTANTIATE_TEST_SUITE_P(, FaultsTest, db::testing::both(), db::testing::name);

TEST_P(FaultsTest, whatever_call_fails_a_blob_is_there_exactly_when_the_push_said_so) {
  auto& disk = restart_on_faulty_disk();
  const auto client = retailer();
  for (const auto push : {stream, at_once}) {
    for (std::size_t call = 0;; ++call) {
      SCOPED_TRACE(fmt::format("call {}", call));
      const auto bytes = fmt::format("{} {}", push == stream ? "stream" : "at once", call);
      const auto path = "/v2/shop/web/blobs/" + Digest::of(bytes).text();
      disk.fail_call(call, ENOSPC);
      const auto status = push(client, "shop/web", bytes);
      const bool failed = disk.has_failed();
      disk.heal();
      if (status != 201) EXPECT_GE(status, 500);
      const auto found = client.get(path);
      EXPECT_EQ(found.status, status == 201 ? 200 : 404);
      EXPECT_EQ(push(client, "shop/web", bytes), 201) << "and the next try works";
      EXPECT_EQ(client.get(path).body, bytes);
      if (!failed) break;
      ASSERT_LT(call, 100U);
    }
  }
}

TEST_P(FaultsTest, a_full_disk_in_the_middle_of_an_upload_costs_only_the_rest) {
  auto& disk = restart_on_faulty_disk();
  const auto client = retailer();
  const auto bytes = bytes_of(900);
  const auto location = client.start_upload("shop/web");
  ASSERT_EQ(client.patch(location, bytes.substr(0, 300)).status, 202);
  disk.fail_from(0, ENOSPC);
  const auto refused = client.patch(location, bytes.substr(300));
  EXPECT_EQ(refused.status, 503);
  EXPECT_FALSE(refused.header("Retry-After").empty());
  disk.heal();
  EXPECT_EQ(client.get(location).header("Range"), "0-299");
  EXPECT_EQ(client.patch(location, bytes.substr(300), {{"Content-Range", "300-899"}}).status, 202);
  EXPECT_EQ(client.put(closing(location, bytes)).status, 201);
}

TEST_P(FaultsTest, what_was_201_survives_a_power_cut_and_what_was_202_goes_on) {
  restart_on_faulty_disk();
  const auto before = retailer();
  const auto done = bytes_of(500);
  const auto half = bytes_of(800, 'A');
  before.push_blob("shop/web", done);
  const auto location = before.start_upload("shop/web");
  ASSERT_EQ(before.patch(location, half.substr(0, 400)).status, 202);
  power_cut();
  const auto after = retailer();
  EXPECT_EQ(after.get("/v2/shop/web/blobs/" + Digest::of(done).text()).body, done);
  EXPECT_EQ(after.get(location).header("Range"), "0-399");
  EXPECT_EQ(after.put(closing(location, half), half.substr(400), {{"Content-Range", "400-799"}}).status, 201);
  power_cut();
  EXPECT_EQ(retailer().get("/v2/shop/web/blobs/" + Digest::of(half).text()).body, half);
}

TEST_P(FaultsTest, an_object_that_was_lost_is_a_clear_error_and_a_push_repairs_it) {
  const auto client = retailer();
  const auto bytes = bytes_of(500);
  const auto digest = client.push_blob("shop/web", bytes);
  store().remove({digest, 1});
  EXPECT_EQ(client.get("/v2/shop/web/blobs/" + digest.text()).status, 503);
  client.push_blob("shop/web", bytes);
  EXPECT_EQ(client.get("/v2/shop/web/blobs/" + digest.text()).body, bytes);
}

/// Stands for an object store: reads are streams, or told to be fetched elsewhere.
class ElsewhereStore : public blob::BlobStore {
 public:
  ElsewhereStore(blob::BlobStore& inner, bool redirects) : inner_(inner), redirects_(redirects) {}

  Result<std::unique_ptr<blob::UploadSession>> begin(std::string_view id) override { return inner_.begin(id); }
  Result<std::unique_ptr<blob::UploadSession>> resume(std::string_view id, const blob::SessionState& state) override {
    return inner_.resume(id, state);
  }
  void discard(std::string_view id, const blob::SessionState& state) override { inner_.discard(id, state); }
  Result<blob::Content> read(const blob::ObjectName& name, std::uint64_t offset, std::uint64_t length) override {
    if (redirects_) return blob::Redirect{"https://store.test/" + name.digest.text()};
    auto content = inner_.read(name, offset, length);
    if (!content) return content;
    return std::make_unique<Text>(read_all(std::get<FileRange>(*content)));
  }
  std::optional<std::uint64_t> size(const blob::ObjectName& name) override { return inner_.size(name); }
  void remove(const blob::ObjectName& name) override { inner_.remove(name); }
  std::vector<Leftover> leftovers() override { return inner_.leftovers(); }
  Part list(std::size_t part) override { return inner_.list(part); }
  void check_health() override { inner_.check_health(); }

 private:
  class Text final : public Source {
   public:
    explicit Text(std::string text) : text_(std::move(text)) {}
    std::size_t read(std::span<char> into) override {
      const auto some = text_.substr(at_, std::min<std::size_t>(into.size(), 100));
      std::ranges::copy(some, into.begin());
      at_ += some.size();
      return some.size();
    }

   private:
    std::string text_;
    std::size_t at_ = 0;
  };

  blob::BlobStore& inner_;
  const bool redirects_;
};

TEST_P(FaultsTest, a_store_that_streams_serves_whole_blobs_ranges_and_rehashing) {
  restart_behind([](blob::BlobStore& inner) { return std::make_unique<ElsewhereStore>(inner, false); });
  const auto client = retailer();
  const auto bytes = bytes_of(2000);
  const auto digest = client.push_blob("shop/web", bytes);
  const auto path = "/v2/shop/web/blobs/" + digest.text();
  EXPECT_EQ(client.get(path).body, bytes);
  EXPECT_EQ(client.get(path).content_length, 2000U);
  EXPECT_EQ(client.get(path, {{"Range", "bytes=10-19"}}).body, bytes.substr(10, 10));
  const auto parts = client.get(path, {{"Range", "bytes=0-9,50-59"}});
  EXPECT_EQ(parts.content_length, parts.body.size());
  const auto location = client.start_upload("shop/web");
  ASSERT_EQ(client.patch(location, bytes).status, 202);
  EXPECT_EQ(client.put(fmt::format("{}?digest={}", location, sha512_of(bytes).text())).status, 201);
}

TEST_P(FaultsTest, a_store_that_redirects_answers_get_with_307_and_head_itself) {
  restart_behind([](blob::BlobStore& inner) { return std::make_unique<ElsewhereStore>(inner, true); });
  const auto client = retailer();
  const auto digest = client.push_blob("shop/web", "abc");
  const auto path = "/v2/shop/web/blobs/" + digest.text();
  const auto get = client.get(path, {{"Range", "bytes=0-1"}});
  EXPECT_EQ(get.status, 307);
  EXPECT_EQ(get.header("Location"), "https://store.test/" + digest.text());
  EXPECT_EQ(get.header("Docker-Content-Digest"), digest.text());
  EXPECT_EQ(get.header("Cache-Control"), "no-store");
  EXPECT_EQ(get.header("Content-Range"), "");
  const auto head = client.head(path);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.content_length, 3U);
}

}  // namespace
}  // namespace berth::distribution::testing
