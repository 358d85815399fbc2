#include <gtest/gtest.h>

#include "distribution/collection_preview.h"
#include "distribution/manifest_review.h"
#include "distribution/tests/support/collection_fixture.h"

// registry.md 5.2: how others broke indexes and signatures by cleaning up what had no tag.
namespace berth::distribution::testing {
namespace {

using namespace std::chrono_literals;

class UntaggedTest : public CollectionTest {
 protected:
  bool here(const Digest& digest) {
    return retailer().get(fmt::format("/v2/shop/web/manifests/{}", digest.text())).status == 200;
  }
  Digest push(const std::string& reference, const std::string& text, std::string_view type = kImageType) {
    EXPECT_EQ(retailer().push_manifest("shop/web", reference, text, type).status, 201);
    return Digest::of(text);
  }
  std::string versioned(int version, const std::string& more = "") {
    retailer().push_blob("shop/web", "{}");
    return image(
        {.config = "{}", .layers = {}, .more = fmt::format(R"(,"annotations":{{"v":"{}"}}{})", version, more)});
  }
  Digest push_by_digest(const std::string& text) { return push(Digest::of(text).text(), text); }
  void days(int n) {
    clock.advance(24h * n);
    collect();
    clock.advance(2min);
    collect();
  }
  CollectionPreview preview() {
    return database().read([&](db::Connection& tx) { return preview_collection(tx, clock.now()); });
  }
};
INSTANTIATE_TEST_SUITE_P(, UntaggedTest, db::testing::both(), db::testing::name);

TEST_P(UntaggedTest, without_a_policy_they_stay) {
  const auto old = push("latest", versioned(1));
  push("latest", versioned(2));
  days(1000);
  EXPECT_TRUE(here(old));
}

TEST_P(UntaggedTest, with_one_they_go_after_its_days_and_what_has_a_tag_stays) {
  set_policy(7);
  const auto old = push("latest", versioned(1));
  const auto now = push("latest", versioned(2));
  days(6);
  EXPECT_TRUE(here(old));
  days(1);
  EXPECT_FALSE(here(old));
  EXPECT_TRUE(here(now));
  expect_sound();
}

TEST_P(UntaggedTest, a_policy_finds_what_was_untagged_before_and_counts_from_its_own_day) {
  const auto old = push("latest", versioned(1));
  push("latest", versioned(2));
  days(30);
  set_policy(7);
  days(6);
  EXPECT_TRUE(here(old));
  days(2);
  EXPECT_FALSE(here(old));
}

TEST_P(UntaggedTest, a_tag_that_comes_back_saves_it) {
  set_policy(7);
  const auto old = push("latest", versioned(1));
  push("latest", versioned(2));
  days(6);
  push("stable", versioned(1));
  days(30);
  EXPECT_TRUE(here(old));
}

TEST_P(UntaggedTest, what_an_index_lists_stays_as_long_as_the_index) {
  set_policy(7);
  const auto text = versioned(1);
  const auto child = push_by_digest(text);
  const auto index = push("latest", index_of({descriptor(kImageType, child, text.size())}), kIndexType);
  days(30);
  EXPECT_TRUE(here(child));
  push("latest", versioned(2));
  days(8);
  EXPECT_FALSE(here(index));
  days(1);
  EXPECT_FALSE(here(child)) << "it has been without a tag as long as the index";
  expect_sound();
}

TEST_P(UntaggedTest, what_refers_to_a_subject_stays_as_long_as_the_subject) {
  set_policy(7);
  const auto text = versioned(1);
  const auto subject = push("latest", text);
  const auto signature =
      push_by_digest(versioned(2, fmt::format(R"(,"subject":{})", descriptor(kImageType, subject, text.size()))));
  days(30);
  EXPECT_TRUE(here(signature));
  push("latest", versioned(3));
  days(8);
  EXPECT_FALSE(here(subject));
  days(1);
  EXPECT_FALSE(here(signature));
  expect_sound();
}

TEST_P(UntaggedTest, who_pulls_it_by_digest_keeps_it) {
  set_policy(7);
  const auto old = push("latest", versioned(1));
  push("latest", versioned(2));
  days(6);
  ASSERT_TRUE(here(old));
  registry().flush_pulls();
  days(6);
  ASSERT_TRUE(here(old));
}

TEST_P(UntaggedTest, the_preview_says_what_the_runs_then_do) {
  set_policy(7);
  retailer().push_image("shop/web", "latest", "one");
  retailer().push_image("shop/copy", "latest", "one");
  const auto layer = std::string(1000, 'x');
  retailer().push_image("shop/web", "latest", layer);
  const auto text = versioned(7);
  const auto child = push_by_digest(text);
  push("multi", index_of({descriptor(kImageType, child, text.size())}), kIndexType);
  push("multi", versioned(8));
  retailer().push_image("shop/web", "latest", "two");
  days(8);
  const auto before = number("SELECT CAST(SUM(logical_bytes) AS BIGINT) FROM space_counters");
  const auto expected = preview();
  Collected done = collect_in_time();
  EXPECT_TRUE(expected.complete);
  EXPECT_EQ(done.links, expected.links);
  EXPECT_EQ(done.objects, expected.blobs);
  EXPECT_EQ(done.bytes, expected.bytes);
  EXPECT_EQ(before - number("SELECT CAST(SUM(logical_bytes) AS BIGINT) FROM space_counters"), expected.logical_bytes);
  EXPECT_GE(done.bytes, 1000);
  EXPECT_EQ(preview().bytes, 0);
  expect_sound();
}

TEST_P(UntaggedTest, a_policy_looks_at_a_bounded_number_of_manifests_at_a_time_and_at_all_in_the_end) {
  const auto write = [&](auto work) {
    static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
      work(tx);
      return {};
    }));
  };
  std::int64_t made = 0;
  const auto add = [&](const std::string& name, int manifests, int tagged) {
    write([&](db::Connection& tx) {
      const auto id = std::get<0>(*tx.one<std::int64_t>(
          "INSERT INTO repositories (space_id, name, created_at, updated_at) VALUES (:s, :n, 0, 0) RETURNING id", shop,
          name));
      for (int i = 0; i < manifests; ++i) {
        const auto digest = Digest::of(fmt::format("{} {}", name, i));
        const auto manifest = std::get<0>(
            *tx.one<std::int64_t>("INSERT INTO manifests (repository_id, digest, media_type, size, payload, pushed_at) "
                                  "VALUES (:r, :d, 'a/b', 2, '{}', 0) RETURNING id",
                                  id, digest));
        if (i < tagged)
          tx.execute(
              "INSERT INTO tags (repository_id, name, manifest_id, digest, pushed_at, created_at) "
              "VALUES (:r, :n, :m, :d, 0, 0)",
              id, fmt::format("t{}", i), manifest, digest);
      }
    });
    made += manifests - tagged;
  };
  add("exactly", 1000, 0);
  add("large", 2300, 100);
  for (int i = 0; i < 45; ++i) add(fmt::format("small{}", i), 3, 1);
  write([](db::Connection& tx) { tx.execute("DELETE FROM job_items"); });
  set_policy(7);
  const auto enqueued = [&] { return number("SELECT COUNT(*) FROM job_items WHERE topic = 'manifest.untagged'"); };
  std::int64_t before = 0;
  while (number("SELECT COUNT(*) FROM job_items WHERE topic = 'space.policy'") > 0) {
    static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
      for (const auto& item : jobs::take_due(tx, kSpacePolicy, clock.now(), 1, clock.now() + 1h))
        review_policy(tx, item, clock.now());
      return {};
    }));
    EXPECT_LE(enqueued() - before, 1000);
    before = enqueued();
  }
  EXPECT_EQ(enqueued(), made);
}

}  // namespace
}  // namespace berth::distribution::testing
