#include <gtest/gtest.h>

#include "distribution/tests/support/registry_fixture.h"

// registry.md 1.3, "Mounts".
namespace berth::distribution::testing {
namespace {

class MountsTest : public RegistryTest {
 protected:
  Client retailer = as(access::testing::as(editor));
  Client rival = as(access::testing::as(stranger));
  const std::string bytes = bytes_of(400);
  const Digest digest = Digest::of(bytes);

  std::string mount(const std::string& into, const std::string& from = "") const {
    const auto source = from.empty() ? "" : "&from=" + from;
    return fmt::format("/v2/{}/blobs/uploads/?mount={}{}", into, digest.text(), source);
  }
  void expect_mounted(const Answer& answer, const std::string& into) const {
    EXPECT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(answer.header("Location"), fmt::format("/v2/{}/blobs/{}", into, digest.text()));
    EXPECT_EQ(answer.header("Docker-Content-Digest"), digest.text());
  }
  /// 202 with an upload that works: what a client gets that learns nothing.
  void expect_upload(const Client& client, const Answer& answer) const {
    EXPECT_EQ(answer.status, 202) << answer.body;
    EXPECT_EQ(client.put(fmt::format("{}?digest={}", answer.header("Location"), digest.text()), bytes).status, 201);
  }
};
INSTANTIATE_TEST_SUITE_P(, MountsTest, db::testing::both(), db::testing::name);

TEST_P(MountsTest, a_blob_is_mounted_from_a_repository_that_the_caller_may_pull) {
  rival.push_blob("base/os", bytes);
  expect_mounted(retailer.post(mount("shop/web", "base/os")), "shop/web");
  EXPECT_EQ(retailer.get("/v2/shop/web/blobs/" + digest.text()).body, bytes);
  EXPECT_EQ(stored_objects(), 1U);
}

TEST_P(MountsTest, mounting_twice_is_fine) {
  retailer.push_blob("shop/api", bytes);
  expect_mounted(retailer.post(mount("shop/web", "shop/api")), "shop/web");
  expect_mounted(retailer.post(mount("shop/web", "shop/api")), "shop/web");
  EXPECT_EQ(number("SELECT CAST(SUM(logical_bytes) AS BIGINT) FROM space_counters"), 800);
}

TEST_P(MountsTest, a_source_that_the_caller_may_not_pull_is_an_upload) {
  rival.push_blob("vault/secret", bytes);
  expect_upload(retailer, retailer.post(mount("shop/web", "vault/secret")));
}

TEST_P(MountsTest, a_token_must_have_the_source_in_its_scope) {
  retailer.push_blob("shop/api", bytes);
  rival.push_blob("vault/secret", bytes);
  const access::Verbs push{.pull = true, .push = true, .remove = false};
  const auto narrow = as(scoped(access::testing::as(editor), {{"shop/web", push}}));
  const auto challenged = narrow.post(mount("shop/web", "shop/api"));
  EXPECT_EQ(challenged.status, 401) << "its subject may pull the source: a wider token will do";
  EXPECT_NE(challenged.header("WWW-Authenticate").find("shop/api:pull"), std::string::npos);
  expect_upload(narrow, narrow.post(mount("shop/web", "vault/secret")));
  const auto wide = as(scoped(access::testing::as(editor), {{"shop/new", push}, {"shop/api", {.pull = true}}}));
  expect_mounted(wide.post(mount("shop/new", "shop/api")), "shop/new");
}

TEST_P(MountsTest, a_missing_blob_repository_or_space_is_an_upload) {
  retailer.push_blob("shop/api", "something else");
  expect_upload(retailer, retailer.post(mount("shop/a", "shop/api")));
  expect_upload(retailer, retailer.post(mount("shop/b", "shop/nowhere")));
  expect_upload(retailer, retailer.post(mount("shop/c", "nowhere/at-all")));
  expect_upload(retailer, retailer.post(mount("shop/d", "NOT_A_NAME")));
}

TEST_P(MountsTest, a_digest_that_is_none_is_an_upload) {
  EXPECT_EQ(retailer.post("/v2/shop/web/blobs/uploads/?mount=sha384:abc&from=shop/api").status, 202);
}

TEST_P(MountsTest, without_a_source_any_repository_that_the_caller_may_pull_will_do) {
  retailer.push_blob("shop/api", bytes);
  expect_mounted(retailer.post(mount("shop/web")), "shop/web");
}

TEST_P(MountsTest, without_a_source_another_tenants_blob_is_not_found) {
  rival.push_blob("vault/secret", bytes);
  expect_upload(retailer, retailer.post(mount("shop/web")));
}

TEST_P(MountsTest, without_a_source_a_narrow_token_finds_what_is_public) {
  rival.push_blob("base/os", bytes);
  const access::Verbs push{.pull = true, .push = true, .remove = false};
  const auto narrow = as(scoped(access::testing::as(editor), {{"shop/web", push}}));
  expect_mounted(narrow.post(mount("shop/web")), "shop/web");
}

TEST_P(MountsTest, the_target_needs_push) {
  rival.push_blob("base/os", bytes);
  EXPECT_EQ(as(access::testing::as(viewer)).post(mount("shop/web", "base/os")).status, 403);
  EXPECT_EQ(retailer.post(mount("base/os", "base/os")).status, 403) << "base/os is at home with the other workspace";
}

TEST_P(MountsTest, a_mounted_blob_stays_when_its_source_is_deleted) {
  retailer.push_blob("shop/api", bytes);
  expect_mounted(retailer.post(mount("shop/web", "shop/api")), "shop/web");
  EXPECT_EQ(as(access::testing::as(admin)).remove("/v2/shop/api/blobs/" + digest.text()).status, 202);
  EXPECT_EQ(retailer.head("/v2/shop/api/blobs/" + digest.text()).status, 404);
  EXPECT_EQ(retailer.get("/v2/shop/web/blobs/" + digest.text()).body, bytes);
}

}  // namespace
}  // namespace berth::distribution::testing
