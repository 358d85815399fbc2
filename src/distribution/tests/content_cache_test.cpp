#include "distribution/content_cache.h"

#include <gtest/gtest.h>

#include <thread>

#include "distribution/tests/support/registry_fixture.h"

// The rules of content_changes.h and content_cache.h: what is remembered is never older than the last change.
namespace berth::distribution::testing {
namespace {

class ContentCacheTest : public RegistryTest {
 protected:
  Client retailer = as(access::testing::as(editor));
  Client owner = as(access::testing::as(admin));

  static std::string manifest(std::string_view reference, std::string_view repository = "shop/web") {
    return fmt::format("/v2/{}/manifests/{}", repository, reference);
  }
  static std::string blob(const Digest& digest, std::string_view repository = "shop/web") {
    return fmt::format("/v2/{}/blobs/{}", repository, digest.text());
  }
  /// How many statements `pull` costs. With PostgreSQL the registry remembers only while it hears other replicas, and
  /// it may not hear the first, or on a machine that stands still: then another try counts.
  std::int64_t statements(const std::function<void()>& pull) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (true) {
      const auto before = counted().statements();
      pull();
      const auto cost = counted().statements() - before;
      if (cost == 0 || GetParam() == db::Dialect::kSqlite || std::chrono::steady_clock::now() > end) return cost;
      std::this_thread::yield();
    }
  }
  /// Read once, it is in memory.
  Answer warm(const std::string& target) {
    auto answer = retailer.get(target);
    EXPECT_EQ(answer.status, 200) << target;
    return answer;
  }
  static void await(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << "it never happens";
      std::this_thread::yield();
    }
  }
  static void await_complete(const ContentChanges& changes) {
    await([&] { return changes.complete(); });
  }
  std::string digest_at(const std::string& target) { return retailer.head(target).header("Docker-Content-Digest"); }
};
INSTANTIATE_TEST_SUITE_P(, ContentCacheTest, db::testing::both(), db::testing::name);

TEST_P(ContentCacheTest, a_warm_pull_asks_the_database_nothing) {
  const auto digest = retailer.push_image("shop/web", "1", "seed");
  const auto layer = Digest::of("seed");
  const std::vector<std::string> targets{manifest("1"), manifest(digest.text()), blob(layer)};
  for (const auto& target : targets) warm(target);
  EXPECT_EQ(0, statements([&] {
              for (const auto& target : targets) {
                EXPECT_EQ(retailer.get(target).status, 200) << target;
                EXPECT_EQ(retailer.head(target).status, 200) << target;
              }
              EXPECT_EQ(retailer.get(blob(layer), {{"Range", "bytes=1-2"}}).status, 206);
              EXPECT_EQ(retailer.get(manifest("1"), {{"If-None-Match", '"' + digest.text() + '"'}}).status, 304);
            }));
}

TEST_P(ContentCacheTest, a_head_warms_the_get) {
  retailer.push_image("shop/web", "1", "seed");
  retailer.head(manifest("1"));
  EXPECT_EQ(0, statements([&] { EXPECT_EQ(retailer.get(manifest("1")).status, 200); }));
}

TEST_P(ContentCacheTest, a_warm_answer_is_the_same_as_a_cold_one) {
  const auto digest = retailer.push_image("shop/web", "1", "seed");
  for (const auto& target : {manifest("1"), manifest(digest.text()), blob(Digest::of("seed"))}) {
    const auto cold = retailer.get(target);
    const auto again = retailer.get(target);
    EXPECT_EQ(again.body, cold.body) << target;
    EXPECT_EQ(again.content_length, cold.content_length) << target;
    EXPECT_EQ(again.headers.fields().size(), cold.headers.fields().size()) << target;
    for (const auto& [name, value] : cold.headers.fields()) EXPECT_EQ(again.header(name), value) << target;
  }
}

TEST_P(ContentCacheTest, a_moved_tag_is_seen_at_once_and_others_stay_warm) {
  retailer.push_image("shop/web", "1", "old");
  retailer.push_image("shop/web", "2", "other");
  warm(manifest("1"));
  warm(manifest("2"));
  const auto moved = retailer.push_image("shop/web", "1", "new");
  EXPECT_EQ(digest_at(manifest("1")), moved.text());
  EXPECT_EQ(0, statements([&] { warm(manifest("2")); })) << "another tag moved";
}

TEST_P(ContentCacheTest, a_deleted_tag_is_gone_at_once) {
  const auto digest = retailer.push_image("shop/web", "1", "seed");
  warm(manifest("1"));
  ASSERT_EQ(owner.remove(manifest("1")).status, 202);
  EXPECT_EQ(retailer.get(manifest("1")).status, 404);
  EXPECT_EQ(retailer.get(manifest(digest.text())).status, 200);
}

TEST_P(ContentCacheTest, a_deleted_manifest_is_gone_under_all_its_names) {
  const auto digest = retailer.push_image("shop/web", "1", "seed");
  const auto body = warm(manifest("1")).body;
  warm(manifest(digest.text()));
  ASSERT_EQ(owner.remove(manifest(digest.text())).status, 202);
  EXPECT_EQ(retailer.get(manifest("1")).status, 404);
  EXPECT_EQ(retailer.get(manifest(digest.text())).status, 404);
  ASSERT_EQ(retailer.push_manifest("shop/web", digest.text(), body).status, 201);
  EXPECT_EQ(retailer.get(manifest("1")).status, 404) << "the tag does not come back with the manifest";
}

TEST_P(ContentCacheTest, a_deleted_blob_is_gone_at_once) {
  const auto digest = retailer.push_blob("shop/web", "bytes");
  warm(blob(digest));
  ASSERT_EQ(owner.remove(blob(digest)).status, 202);
  EXPECT_EQ(retailer.get(blob(digest)).status, 404);
  EXPECT_EQ(retailer.head(blob(digest)).status, 404);
}

// CVE-2026-35172: after a deletion in one repository a read in another filled a cache that both shared.
TEST_P(ContentCacheTest, cve_2026_35172_a_read_elsewhere_does_not_bring_a_deleted_blob_back) {
  const auto digest = retailer.push_blob("shop/web", "bytes");
  retailer.push_blob("shop/other", "bytes");
  warm(blob(digest));
  ASSERT_EQ(owner.remove(blob(digest)).status, 202);
  warm(blob(digest, "shop/other"));
  warm(blob(digest, "shop/other"));
  EXPECT_EQ(retailer.get(blob(digest)).status, 404);
}

TEST_P(ContentCacheTest, absence_is_not_remembered) {
  const auto digest = Digest::of("bytes");
  EXPECT_EQ(retailer.get(blob(digest)).status, 404);
  EXPECT_EQ(retailer.get(manifest("1")).status, 404);
  retailer.push_image("shop/web", "1", "bytes");
  EXPECT_EQ(retailer.get(blob(digest)).status, 200);
  EXPECT_EQ(retailer.get(manifest("1")).status, 200);
}

TEST_P(ContentCacheTest, a_deleted_repository_is_gone_and_a_new_one_of_its_name_is_new) {
  const auto old = retailer.push_image("shop/web", "1", "old");
  warm(manifest("1"));
  warm(blob(Digest::of("old")));
  const Caller caller{.subject = access::testing::as(admin), .snapshot = snapshot(), .now = clock.now(), .actor = {}};
  ASSERT_TRUE(registry().delete_repository(caller, find_place(*snapshot(), "shop/web").value()));
  EXPECT_EQ(retailer.get(manifest("1")).status, 404);
  EXPECT_EQ(retailer.get(blob(Digest::of("old"))).status, 404);
  const auto fresh = retailer.push_image("shop/web", "1", "new");
  EXPECT_EQ(digest_at(manifest("1")), fresh.text());
  EXPECT_EQ(retailer.get(manifest(old.text())).status, 404);
}

TEST_P(ContentCacheTest, what_was_read_before_a_change_is_not_remembered_after_it) {
  retailer.push_image("shop/web", "1", "old");
  Digest moved;
  // The GET below has its rows; before it can remember them, the tag moves and the pusher has its 201.
  counted().after_next_read([&] { moved = as(access::testing::as(editor)).push_image("shop/web", "1", "new"); });
  retailer.get(manifest("1"));
  EXPECT_EQ(digest_at(manifest("1")), moved.text());
}

TEST_P(ContentCacheTest, a_blob_read_before_its_deletion_is_not_remembered_after_it) {
  const auto digest = retailer.push_blob("shop/web", "bytes");
  counted().after_next_read([&] { ASSERT_EQ(owner.remove(blob(digest)).status, 202); });
  retailer.get(blob(digest));
  EXPECT_EQ(retailer.get(blob(digest)).status, 404);
}

TEST_P(ContentCacheTest, access_is_decided_anew_at_each_warm_request) {
  retailer.push_image("shop/web", "1", "seed");
  warm(manifest("1"));
  warm(blob(Digest::of("seed")));
  const auto stranger_client = as(access::testing::as(stranger));
  EXPECT_EQ(stranger_client.get(manifest("1")).status, 404);
  EXPECT_EQ(stranger_client.get(blob(Digest::of("seed"))).status, 404);
}

TEST_P(ContentCacheTest, a_transaction_without_an_end_counts_as_a_change) {
  const RepositoryId repository(7);
  ContentChanges changes(database());
  await_complete(changes);
  const auto moment = changes.now();
  static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
    changes.touch(tx, repository);
    EXPECT_TRUE(changes.unchanged(repository, moment) || !changes.complete()) << "nothing has happened yet";
    return fail(Fault::kDenied, "rolled back");
  }));
  EXPECT_FALSE(changes.unchanged(repository, moment));
}

class ReplicasTest : public ContentCacheTest {
 protected:
  /// Another process on the same database.
  std::unique_ptr<db::Database> replica() { return db::open({.url = test_database().url(), .connections = 2}); }
};
INSTANTIATE_TEST_SUITE_P(, ReplicasTest, ::testing::Values(db::Dialect::kPostgres), db::testing::name);

TEST_P(ReplicasTest, what_a_replica_changes_is_heard_here) {
  const RepositoryId repository(7);
  const auto tag = Tag::parse("1").value();
  ContentChanges here(database());
  await_complete(here);
  const auto elsewhere = replica();
  ContentChanges there(*elsewhere);
  const auto moment = here.now();
  static_cast<void>(elsewhere->write([&](db::Connection& tx) -> Result<void> {
    there.touch(tx, repository, tag);
    return {};
  }));
  await([&] { return !here.unchanged(repository, tag, moment); });
  const auto after = here.now();
  static_cast<void>(elsewhere->write([&](db::Connection& tx) -> Result<void> {
    there.touch(tx, repository);
    return {};
  }));
  await([&] { return !here.unchanged(repository, after); });
}

TEST_P(ReplicasTest, a_replica_that_hears_nothing_remembers_nothing) {
  ContentChanges changes(database());
  await_complete(changes);
  const auto moment = changes.now();
  const auto elsewhere = replica();
  elsewhere->read([](db::Connection& tx) {
    return tx.query<std::int64_t>(
        "SELECT CASE WHEN pg_terminate_backend(pid) THEN 1 ELSE 0 END FROM pg_stat_activity "
        "WHERE datname = current_database() AND query LIKE 'SELECT 1'");
  });
  await([&] { return !changes.complete() || !changes.unchanged(RepositoryId(7), moment); });
  await_complete(changes);
  EXPECT_FALSE(changes.unchanged(RepositoryId(7), moment)) << "news may have been missed";
}

class BoundsTest : public ::testing::Test {
 protected:
  static Place place(std::string_view name) { return {SpaceId(1), RepositoryName::parse(name).value()}; }
  static ContentCache<int>::Entry entry(int value) { return {std::make_shared<const int>(value), 0}; }
};

TEST_F(BoundsTest, memory_is_bounded_and_the_oldest_goes_first) {
  constexpr std::size_t kBytes = 1U << 20;
  ContentCache<int> cache(kBytes);
  for (int i = 0; i < 5000; ++i) {
    cache.put(place("shop/web"), std::to_string(i), entry(i), 1000);
    EXPECT_TRUE(cache.find(place("shop/web"), std::to_string(i)).value);
    EXPECT_LE(cache.bytes(), kBytes);
  }
  EXPECT_FALSE(cache.find(place("shop/web"), "0").value);
}

TEST_F(BoundsTest, what_is_used_stays) {
  ContentCache<int> cache(1U << 20);
  cache.put(place("shop/web"), "kept", entry(1), 1000);
  for (int i = 0; i < 5000; ++i) {
    cache.put(place("shop/web"), std::to_string(i), entry(i), 1000);
    EXPECT_TRUE(cache.find(place("shop/web"), "kept").value) << i;
  }
}

TEST_F(BoundsTest, one_large_value_does_not_push_out_all_others) {
  ContentCache<int> cache(1U << 20);
  cache.put(place("shop/web"), "small", entry(1), 10);
  cache.put(place("shop/web"), "large", entry(2), 1U << 19);
  EXPECT_TRUE(cache.find(place("shop/web"), "small").value);
  EXPECT_FALSE(cache.find(place("shop/web"), "large").value);
}

TEST_F(BoundsTest, a_newer_value_replaces_and_names_do_not_mix) {
  ContentCache<int> cache(1U << 20);
  cache.put(place("shop/web"), "1", entry(1), 10);
  cache.put(place("shop/web"), "1", entry(2), 10);
  EXPECT_EQ(*cache.find(place("shop/web"), "1").value, 2);
  EXPECT_FALSE(cache.find(place("shop/we"), "b1").value);
  EXPECT_FALSE(cache.find({SpaceId(2), RepositoryName::parse("shop/web").value()}, "1").value);
}

}  // namespace
}  // namespace berth::distribution::testing
