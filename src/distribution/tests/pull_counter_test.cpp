#include <gtest/gtest.h>

#include "distribution/tests/support/registry_fixture.h"

// What counts as a pull: distribution/pull_counter.h.
namespace berth::distribution::testing {
namespace {

class PullsTest : public RegistryTest {
 protected:
  Client retailer = as(access::testing::as(editor));
  Client colleague = as(access::testing::as(viewer));
  const Digest digest = retailer.push_image("shop/web", "1", "seed");

  static std::string at(std::string_view reference) { return fmt::format("/v2/shop/web/manifests/{}", reference); }
  std::int64_t repository_pulls() {
    registry().flush_pulls();
    return number("SELECT pull_count FROM repositories WHERE name = 'web'");
  }
  std::int64_t tag_pulls() {
    registry().flush_pulls();
    return number("SELECT pull_count FROM tags WHERE name = '1'");
  }
  std::int64_t manifest_pulls(const Digest& of) {
    registry().flush_pulls();
    return number(fmt::format("SELECT pull_count FROM manifests WHERE digest = '{}'", of.text()));
  }
};
INSTANTIATE_TEST_SUITE_P(, PullsTest, db::testing::both(), db::testing::name);

TEST_P(PullsTest, a_get_by_tag_counts_for_all_three) {
  clock.advance(std::chrono::seconds(5));
  retailer.get(at("1"));
  retailer.get(at("1"));
  EXPECT_EQ(repository_pulls(), 2);
  EXPECT_EQ(tag_pulls(), 2);
  EXPECT_EQ(manifest_pulls(digest), 2);
  EXPECT_EQ(number("SELECT last_pull_at FROM repositories"), to_millis(clock.now()));
  EXPECT_EQ(number("SELECT last_pull_at FROM tags"), to_millis(clock.now()));
}

TEST_P(PullsTest, nothing_is_written_before_the_flush_and_nothing_twice) {
  retailer.get(at("1"));
  EXPECT_EQ(number("SELECT pull_count FROM repositories"), 0);
  EXPECT_EQ(repository_pulls(), 1);
  EXPECT_EQ(repository_pulls(), 1);
}

TEST_P(PullsTest, looking_is_not_pulling) {
  retailer.head(at("1"));
  retailer.get(at("1"), {{"If-None-Match", '"' + digest.text() + '"'}});
  retailer.get(at("nothing"));
  EXPECT_EQ(repository_pulls(), 0);
}

TEST_P(PullsTest, containerd_resolves_with_head_and_pulls_by_digest) {
  retailer.head(at("1"));
  retailer.get(at(digest.text()));
  EXPECT_EQ(tag_pulls(), 1);
  EXPECT_EQ(repository_pulls(), 1);
  retailer.get(at(digest.text()));
  EXPECT_EQ(tag_pulls(), 1) << "one HEAD, one pull of the tag";
}

TEST_P(PullsTest, somebody_elses_head_does_not_count_for_the_tag) {
  colleague.head(at("1"));
  retailer.get(at(digest.text()));
  EXPECT_EQ(tag_pulls(), 0);
  EXPECT_EQ(repository_pulls(), 1);
}

TEST_P(PullsTest, a_platforms_manifest_after_its_index_is_the_same_pull_of_the_repository) {
  const auto index = index_of({descriptor(kImageType, digest, 100)});
  retailer.push_manifest("shop/web", "multi", index, kIndexType);
  retailer.get(at("multi"));
  retailer.get(at(digest.text()));
  EXPECT_EQ(repository_pulls(), 1);
  EXPECT_EQ(manifest_pulls(digest), 1);
  EXPECT_EQ(manifest_pulls(Digest::of(index)), 1);
  colleague.get(at(digest.text()));
  EXPECT_EQ(repository_pulls(), 2) << "another puller, who had no index";
  clock.advance(std::chrono::minutes(2));
  retailer.get(at(digest.text()));
  EXPECT_EQ(repository_pulls(), 3) << "long after the index";
}

TEST_P(PullsTest, a_part_of_an_earlier_pull_still_tells_when_the_last_one_was) {
  const auto index = index_of({descriptor(kImageType, digest, 100)});
  retailer.push_manifest("shop/web", "multi", index, kIndexType);
  retailer.get(at("multi"));
  ASSERT_EQ(repository_pulls(), 1);
  clock.advance(std::chrono::seconds(10));
  retailer.get(at(digest.text()));
  EXPECT_EQ(repository_pulls(), 1);
  EXPECT_EQ(number("SELECT last_pull_at FROM repositories"), to_millis(clock.now()));
}

TEST_P(PullsTest, what_was_deleted_before_the_flush_is_no_failure) {
  retailer.get(at("1"));
  EXPECT_EQ(as(access::testing::as(admin)).remove(at(digest.text())).status, 202);
  EXPECT_EQ(repository_pulls(), 1);
}

}  // namespace
}  // namespace berth::distribution::testing
