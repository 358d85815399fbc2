#include <gtest/gtest.h>

#include "distribution/tests/support/registry_fixture.h"

// Homes, counters, events, audit, and deletion of whole repositories.
namespace berth::distribution::testing {
namespace {

class RepositoriesTest : public RegistryTest {
 protected:
  Client retailer = as(access::testing::as(editor));
  Client keeper = as(access::testing::as(admin));
  Client rival = as(access::testing::as(stranger));

  Caller caller(UserId id) {
    return {.subject = access::testing::as(id), .snapshot = snapshot(), .now = clock.now(), .actor = {}};
  }
  static RepositoryPath path(std::string_view text) { return RepositoryPath::parse(text).value(); }
};
INSTANTIATE_TEST_SUITE_P(, RepositoriesTest, db::testing::both(), db::testing::name);

TEST_P(RepositoriesTest, the_first_push_makes_the_pushers_workspace_its_home) {
  EXPECT_FALSE(registry().lookup(shop, path("web")).exists);
  retailer.push_blob("shop/web", "abc");
  const auto found = registry().lookup(shop, path("web"));
  EXPECT_TRUE(found.exists);
  EXPECT_EQ(found.home, retail);
}

TEST_P(RepositoriesTest, another_workspace_does_not_push_to_it) {
  retailer.push_image("base/os", "1", "one");
  EXPECT_EQ(rival.post("/v2/base/os/blobs/uploads/").status, 403);
  EXPECT_EQ(rival.push_manifest("base/os", "1", index_of({}), kIndexType).status, 403);
  EXPECT_EQ(rival.get("/v2/base/os/manifests/1").status, 200) << "it is public";
  rival.push_image("base/tools", "1", "two");
  EXPECT_EQ(registry().lookup(base, path("tools")).home, other);
}

TEST_P(RepositoriesTest, an_upload_finished_after_the_name_was_taken_is_denied) {
  const auto location = retailer.start_upload("base/new");
  rival.push_blob("base/new", "theirs");
  const auto answer = retailer.put(fmt::format("{}?digest={}", location, Digest::of("ours").text()), "ours");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(retailer.head("/v2/base/new/blobs/" + Digest::of("ours").text()).status, 404);
}

TEST_P(RepositoriesTest, counters_follow_what_is_linked) {
  const auto manifest = retailer.push_image("shop/web", "1", "the layer");
  const auto payload = number("SELECT size FROM manifests");
  const auto blobs = number("SELECT CAST(SUM(size) AS BIGINT) FROM repository_blobs");
  EXPECT_EQ(number("SELECT size_bytes FROM repositories"), payload + blobs);
  EXPECT_EQ(number("SELECT CAST(SUM(logical_bytes) AS BIGINT) FROM space_counters"), payload + blobs);
  EXPECT_EQ(number("SELECT CAST(SUM(physical_bytes) AS BIGINT) FROM space_counters"), payload + blobs);

  retailer.push_image("shop/api", "1", "the layer");  // the same bytes once more
  EXPECT_EQ(number("SELECT CAST(SUM(logical_bytes) AS BIGINT) FROM space_counters"), 2 * (payload + blobs));
  EXPECT_EQ(number("SELECT CAST(SUM(physical_bytes) AS BIGINT) FROM space_counters"), 2 * payload + blobs);

  retailer.push_image("shop/web", "1", "the layer");  // nothing new
  EXPECT_EQ(number("SELECT CAST(SUM(logical_bytes) AS BIGINT) FROM space_counters"), 2 * (payload + blobs));
  EXPECT_EQ(keeper.remove("/v2/shop/web/manifests/" + manifest.text()).status, 202);
  EXPECT_EQ(number("SELECT size_bytes FROM repositories WHERE name = 'web'"), blobs);
}

TEST_P(RepositoriesTest, what_happens_is_told_in_the_outbox_in_order) {
  const auto first = retailer.push_image("shop/web", "1", "one");
  const auto second = retailer.push_image("shop/web", "1", "two");
  retailer.push_image("shop/web", "1", "two");  // the tag stays where it is
  keeper.remove("/v2/shop/web/manifests/1");
  keeper.remove("/v2/shop/web/manifests/" + first.text());
  EXPECT_EQ(texts("SELECT type || ' ' || subject FROM events ORDER BY id"),
            (std::vector<std::string>{
                "dev.berth.repository.created shop/web",
                "dev.berth.tag.moved shop/web:1",
                "dev.berth.manifest.pushed shop/web@" + first.text(),
                "dev.berth.tag.moved shop/web:1",
                "dev.berth.manifest.pushed shop/web@" + second.text(),
                "dev.berth.manifest.pushed shop/web@" + second.text(),
                "dev.berth.tag.deleted shop/web:1",
                "dev.berth.manifest.deleted shop/web@" + first.text(),
            }));
  EXPECT_EQ(number("SELECT COUNT(*) FROM events WHERE space_id IS NULL OR workspace_id IS NULL"), 0);
}

TEST_P(RepositoriesTest, changes_are_audited_for_the_home_workspace) {
  const auto manifest = retailer.push_image("shop/web", "1", "one");
  keeper.remove("/v2/shop/web/manifests/" + manifest.text());
  EXPECT_EQ(texts("SELECT action FROM audit ORDER BY id"),
            (std::vector<std::string>{"repository.create", "tag.move", "manifest.push", "manifest.delete"}));
  EXPECT_EQ(number(fmt::format("SELECT COUNT(*) FROM audit WHERE workspace_id = {}", retail.value())), 4);
}

TEST_P(RepositoriesTest, a_refused_push_tells_nothing) {
  retailer.push_manifest("shop/web", "1", image({.config = "absent", .layers = {}, .more = {}}));
  EXPECT_EQ(number("SELECT COUNT(*) FROM events"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM repositories"), 0);
}

TEST_P(RepositoriesTest, a_deleted_repository_is_gone_with_all_that_it_linked) {
  retailer.push_image("shop/web", "1", "one");
  retailer.push_image("shop/api", "1", "one");
  const Place place{shop, RepositoryName::parse("shop/web").value()};
  EXPECT_EQ(registry().delete_repository(caller(editor), place).error().fault, Fault::kDenied);
  ASSERT_TRUE(registry().delete_repository(caller(admin), place));
  EXPECT_EQ(retailer.get("/v2/shop/web/tags/list").status, 404);
  EXPECT_EQ(retailer.get("/v2/shop/web/manifests/1").status, 404);
  EXPECT_EQ(retailer.get("/v2/shop/api/manifests/1").status, 200);
  EXPECT_EQ(number("SELECT CAST(SUM(logical_bytes) AS BIGINT) FROM space_counters"),
            number("SELECT CAST(SUM(size_bytes) AS BIGINT) FROM repositories"));
  EXPECT_EQ(registry().delete_repository(caller(admin), place).error().fault, Fault::kNameUnknown);
}

TEST_P(RepositoriesTest, a_deleted_repositorys_name_is_free_for_another_home) {
  retailer.push_image("base/os", "1", "one");
  ASSERT_TRUE(registry().delete_repository(caller(admin), {base, RepositoryName::parse("base/os").value()}));
  EXPECT_FALSE(registry().lookup(base, path("os")).exists) << "whose it was is remembered no longer";
  rival.push_image("base/os", "1", "two");
  EXPECT_EQ(registry().lookup(base, path("os")).home, other);
  EXPECT_EQ(retailer.post("/v2/base/os/blobs/uploads/").status, 403);
}

}  // namespace
}  // namespace berth::distribution::testing
